import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { proved, type Check, type Evidence } from '../../src/domain/check.ts';
import { runChecks, type CheckOrder } from '../../src/verify/run-checks.ts';
import { aBox, unsealable, type Place } from '../safety/a-box.ts';

describe.skipIf(unsealable)(
  `checks (skipped without ${unsealable ?? ''})`,
  { timeout: 60_000 },
  () => {
    let place: Place;
    beforeAll(async () => {
      place = await aBox();
    });
    afterAll(async () => place[Symbol.asyncDispose]());
    beforeEach(async () => mkdir(place.work, { recursive: true }));
    afterEach(async () => rm(place.work, { recursive: true, force: true }));

    test('a command passes with its agreed exit status and fails with another', async () => {
      const evidence = await judged(
        { kind: 'command', run: 'echo fine', exit: 0 },
        { kind: 'command', run: 'echo bad >&2; exit 1', exit: 0 },
        { kind: 'command', run: 'exit 3', exit: 3 },
      );
      expect(evidence.map(({ verdict, exit }) => [verdict, exit])).toEqual([
        ['passed', 0],
        ['failed', 1],
        ['passed', 3],
      ]);
      expect(evidence[1]).toMatchObject({ tail: 'bad\n', tree: 'a-tree' });
      expect(proved(evidence)).toBe(false);
    });

    test('I3 a program that is missing could not run, whatever exit status was agreed', async () => {
      const evidence = await judged(
        { kind: 'command', run: 'no-such-program', exit: 0 },
        { kind: 'command', run: 'no-such-program', exit: 127 },
        { kind: 'command', run: ': > made; ./made', exit: 126 },
      );
      expect(evidence.map((piece) => piece.verdict)).toEqual(Array(3).fill('could_not_run'));
    });

    test('I3 a check that outlives its time could not run', async () => {
      const [piece] = await run({
        checks: [{ kind: 'command', run: 'echo begun; sleep 60', exit: 0 }],
        timeoutMs: 300,
      });
      expect(piece).toMatchObject({ verdict: 'could_not_run', exit: null });
      expect(piece?.tail).toMatch(/^begun\n\n\(stopped after/u);
    });

    test('I3 a box that fails could not run, also where its exit status was agreed on', async () => {
      const gone = join(place.root, 'gone');
      const check: Check = { kind: 'command', run: 'exit 1', exit: 1 };
      const [broken] = await run({ checks: [check], readable: [gone] });
      expect(broken?.verdict).toBe('could_not_run');
      expect(broken?.tail).toContain('gone');
      const [sound] = await run({ checks: [check] });
      expect(sound?.verdict).toBe('passed');
    });

    test('I3 after a stop nothing passes', async () => {
      const [piece] = await run({
        checks: [{ kind: 'command', run: 'true', exit: 0 }],
        signal: AbortSignal.abort(),
      });
      expect(piece?.verdict).toBe('could_not_run');
    });

    test('a check that fails and then passes is flaky, only where retries are configured', async () => {
      const check: Check = {
        kind: 'command',
        run: 'test -e seen || { : > seen; exit 1; }',
        exit: 0,
      };
      const [flaky] = await run({ checks: [check], flakyRetries: 2 });
      expect(flaky).toMatchObject({ verdict: 'passed' });
      expect(flaky?.tail).toContain('(flaky: it failed once before it passed)');
      await rm(join(place.work, 'seen'));
      const [strict] = await run({ checks: [check] });
      expect(strict?.verdict).toBe('failed');
    });

    test('I7 the tail is short, without control sequences, and redacted after they are gone', async () => {
      const secret = 'sk-se\\033[0mcret';
      const [piece] = await run({
        checks: [
          {
            kind: 'command',
            run: `head -c 9000 /dev/zero | tr '\\0' x; printf '${secret}'`,
            exit: 0,
          },
        ],
        redact: (text) => text.replaceAll('sk-secret', '[redacted]'),
      });
      expect(piece?.tail).toHaveLength(4096);
      expect(piece?.tail.endsWith('xx[redacted]')).toBe(true);
    });

    test('I8 a check has no wire, and its environment is what the recipe gives', async () => {
      const [wire, env] = await run({
        checks: [
          { kind: 'command', run: 'socat -u - TCP:127.0.0.1:8377 </dev/null', exit: 1 },
          { kind: 'command', run: 'test "$GIVEN" = yes', exit: 0 },
        ],
        env: { GIVEN: 'yes' },
      });
      expect(wire).toMatchObject({ verdict: 'passed' });
      expect(wire?.tail).toContain('Connection refused');
      expect(env?.verdict).toBe('passed');
    });

    test('a file check wants a regular file and its text', async () => {
      await mkdir(join(place.work, 'docs'));
      await writeFile(join(place.work, 'docs/guide.md'), '# Guide\n');
      const evidence = await judged(
        { kind: 'file', path: 'docs/guide.md' },
        { kind: 'file', path: './docs/guide.md', contains: '# Guide' },
        { kind: 'file', path: 'docs/guide.md', contains: 'absent' },
        { kind: 'file', path: 'docs' },
        { kind: 'file', path: 'docs/missing.md' },
      );
      expect(evidence.map((piece) => piece.verdict)).toEqual([
        'passed',
        'passed',
        'failed',
        'failed',
        'failed',
      ]);
    });

    test('I3 no link leads a file check out of the tree, or to a pipe that never ends', async () => {
      await symlink('/etc/passwd', join(place.work, 'file'));
      await symlink('/etc', join(place.work, 'folder'));
      execFileSync('mkfifo', [join(place.work, 'pipe')]);
      await writeFile(join(place.work, 'huge'), '');
      await truncate(join(place.work, 'huge'), 64 * 1024 * 1024);
      const paths = ['file', 'folder/passwd', 'pipe', '../shared', '/etc/passwd', '', '.', 'a\0b'];
      const evidence = await judged(...paths.map((path): Check => ({ kind: 'file', path })), {
        kind: 'file',
        path: 'huge',
        contains: 'x',
      });
      expect(evidence.slice(0, -1).map((piece) => piece.verdict)).toEqual(Array(8).fill('failed'));
      expect(evidence.at(-1)?.verdict).toBe('could_not_run');
    });

    async function judged(...checks: readonly Check[]): Promise<Evidence[]> {
      return run({ checks });
    }

    async function run(more: Partial<CheckOrder>): Promise<Evidence[]> {
      return runChecks({
        box: place.box,
        directory: place.work,
        checks: [],
        env: {},
        readable: [],
        services: [],
        tree: 'a-tree',
        timeoutMs: 20_000,
        flakyRetries: 0,
        redact: (text) => text,
        ...more,
      });
    }
  },
);
