import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fenceFault } from '../../src/safety/fence/fence.ts';
import { inspectFile } from '../../src/verify/inspect-file.ts';
import { removeTree, stripSpecialBits } from '../../src/workspaces/no-follow.ts';
import type { Workspace } from '../../src/workspaces/workspace.ts';
import { aBox, unsealable, type Place } from '../safety/a-box.ts';
import { tableOf } from '../support/table-of.ts';
import { aProject, userGit, write, type AProject } from '../workspaces/a-project.ts';

/** How long each reader is raced, ms. */
const RACED_MS = process.env['SECURITY_PART'] === 'full' ? 10_000 : 1500;

/** Fewer swaps than this prove nothing. */
const LEAST_SWAPS = 2000;

const CANARY = 'canary-outside-of-the-workspace';

/**
 * Swaps, in a box, a file, a folder and the clone's own `.git` for links that lead out of the
 * workspace, as fast as it can, and tells after each hundred.
 */
const RACER = `
const { mkdirSync, renameSync, symlinkSync, writeFileSync } = require('node:fs');
const [outside] = process.argv.slice(1);
const pairs = [['x.txt', outside + '/x.txt'], ['d', outside + '/d'], ['.git', outside + '/git']];
const tried = (what) => { try { what(); } catch {} };
const swap = (a, b) => tried(() => { renameSync(a, a + '.away'); renameSync(b, a); renameSync(a + '.away', b); });
// Those who remove are given more.
const laid = () => {
  for (const [name, to] of pairs) tried(() => symlinkSync(to, name + '.link'));
  for (const path of ['x.txt', 'd/x.txt', 'd/deep/y.txt']) tried(() => {
    if (path.includes('/')) mkdirSync('d/deep', { recursive: true });
    writeFileSync(path, 'inside', { flag: 'wx' });
  });
};
for (;;) {
  laid();
  for (let i = 0; i < 100; i += 1) for (const [name] of pairs) swap(name, name + '.link');
  process.stdout.write('.');
}`;

describe.skipIf(unsealable)(`a racer in a box (skipped without ${unsealable ?? ''})`, () => {
  let place: Place;
  let project: AProject;
  let outside: string;
  const raced: (readonly [reader: string, swaps: number, reads: number])[] = [];

  beforeAll(async () => {
    place = await aBox();
    project = await aProject({ 'a.txt': 'one\n' });
    outside = join(project.root, 'outside');
    write(outside, { 'x.txt': CANARY, 'd/x.txt': CANARY, 'd/deep/y.txt': CANARY });
    execFileSync('chmod', ['4755', join(outside, 'x.txt'), join(outside, 'd/x.txt')]);
    // What somebody who followed the link would take for the clone's own work.
    const foreign = join(project.root, 'foreign');
    execFileSync('git', ['clone', '-q', project.user, foreign]);
    write(foreign, { 'foreign.txt': CANARY });
    userGit(foreign, 'add', '-A');
    userGit(foreign, 'commit', '-q', '-m', CANARY);
    mkdirSync(join(outside, 'git'));
    for (const name of ['out.bundle', 'rescue.bundle'])
      userGit(foreign, 'bundle', 'create', '-q', join(outside, 'git', name), 'HEAD~1..HEAD');
  });
  afterAll(async () => {
    process.stdout.write(`${tableOf(['reader', 'swaps', 'reads'], raced)}\n`);
    await place[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  /** Reads again and again while the racer swaps; gives the number of swaps. */
  async function race(
    attempt: string,
    read: (workspace: Workspace) => Promise<void> | void,
  ): Promise<{ readonly swaps: number; readonly workspace: Workspace }> {
    const workspace = await project.hub.open(attempt, { fresh: true });
    const racer = place.box.spawn(
      place.order('', {
        command: ['node', '-e', RACER, outside],
        cwd: workspace.path,
        writable: [workspace.path],
      }),
    );
    let swaps = 0;
    racer.stdout?.on('data', (told: Buffer) => {
      swaps += told.length * 300;
    });
    const gone = new Promise((resolve) => racer.once('close', resolve));
    try {
      await expect.poll(() => swaps, { timeout: 20_000 }).toBeGreaterThan(0);
      const until = performance.now() + RACED_MS;
      let reads = 0;
      for (; performance.now() < until; reads += 1) {
        await read(workspace);
        await setImmediate();
      }
      raced.push([attempt, swaps, reads]);
      return { swaps, workspace };
    } finally {
      racer.kill('SIGKILL');
      await gone;
    }
  }

  /** Everything that ever was stored of attempts. */
  const stored = (): string =>
    execFileSync(
      'git',
      ['--git-dir', project.attempts, 'cat-file', '--batch-all-objects', '--batch'],
      {
        encoding: 'latin1',
        maxBuffer: 1024 ** 3,
      },
    );

  const untouched = (): void => {
    for (const name of ['x.txt', 'd/x.txt']) {
      const path = join(outside, name);
      expect([name, readFileSync(path, 'utf8'), statSync(path).mode & 0o7777]).toEqual([
        name,
        CANARY,
        0o4755,
      ]);
    }
    expect(readdirSync(join(outside, 'd'))).toEqual(['deep', 'x.txt']);
  };

  test('a reader that looks first and opens then is led out, so this can fail', async () => {
    let led = 0;
    const { swaps } = await race('naive', (workspace) => {
      for (const name of ['x.txt', 'd/x.txt']) {
        const path = join(workspace.path, name);
        const kind = lstatSync(path, { throwIfNoEntry: false });
        if (kind?.isFile() !== true) continue;
        try {
          if (readFileSync(path, 'utf8') === CANARY) led += 1;
        } catch {
          continue; // Away at this very moment.
        }
      }
    });
    expect(swaps).toBeGreaterThan(LEAST_SWAPS);
    expect(led).toBeGreaterThan(0);
  });

  test('I3 I8 a check of a file never finds what lies outside', async () => {
    const found = new Set<string>();
    const { swaps } = await race('check', async ({ path: folder }) => {
      for (const path of ['x.txt', 'd/x.txt', 'd/deep/y.txt']) {
        const { verdict } = await inspectFile(folder, { kind: 'file', path, contains: CANARY });
        found.add(verdict);
      }
    });
    expect(swaps).toBeGreaterThan(LEAST_SWAPS);
    expect(found.has('passed')).toBe(false);
    // It did look into files.
    expect(found.has('failed')).toBe(true);
  });

  test('I1 I8 a rescue stores nothing that lies outside', async () => {
    let files = 0;
    const { swaps } = await race('rescue', async (workspace) => {
      const rescued = await project.hub.rescue(workspace, { kind: 'raced' });
      files += rescued?.files ?? 0;
    });
    expect(swaps).toBeGreaterThan(LEAST_SWAPS);
    expect(files).toBeGreaterThan(0);
    expect(stored()).not.toContain(CANARY);
  });

  test('I8 an import takes no bundle that lies outside', async () => {
    const fence = { attemptId: 'import', number: 1 };
    await project.hub.setFence(fence);
    const kinds = new Set<string>();
    const { swaps } = await race('import', async (workspace) => {
      kinds.add((await project.hub.importBundle(workspace, fence)).kind);
    });
    expect(swaps).toBeGreaterThan(LEAST_SWAPS);
    expect([...kinds]).toEqual(['unchanged']);
    expect(stored()).not.toContain(CANARY);
  });

  test('I8 the fence answers, and neither waits nor breaks', async () => {
    const answers = new Set<string | null>();
    const { swaps } = await race('fence', ({ path: workspace }) => {
      const order = { workspace, configDir: '/c', scratch: null, readable: [], protectedPaths: [] };
      for (const [tool, name] of [
        ['Read', 'x.txt'],
        ['Write', 'd/deep/y.txt'],
      ] as const)
        answers.add(
          fenceFault(order, { tool, input: { file_path: join(workspace, name), content: '' } }),
        );
    });
    expect(swaps).toBeGreaterThan(LEAST_SWAPS);
    const known = /is a link that leads outside|is neither a file nor a folder/u;
    expect([...answers].filter((one) => one !== null && !known.test(one))).toEqual([]);
    expect(answers.size).toBeGreaterThan(1);
    untouched();
  });

  test('I8 what is taken off or removed lies inside', async () => {
    let removed = 0;
    const { swaps, workspace } = await race('strip', async ({ path }) => {
      await stripSpecialBits(path).catch(whenSwapped);
      for (const name of ['x.txt', 'd', '.git'])
        await removeTree(join(path, name)).then(() => (removed += 1), whenSwapped);
    });
    expect(swaps).toBeGreaterThan(LEAST_SWAPS);
    expect(removed).toBeGreaterThan(10);
    await removeTree(workspace.path);
    untouched();
  });
});

/** It was a folder when it was seen and a link when it was opened, or away: told, not followed. */
function whenSwapped(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY', 'EISDIR', 'ENOTSUP'].includes(code)) throw error;
}
