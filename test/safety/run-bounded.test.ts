import { once } from 'node:events';
import { writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aBox, unsealable, type Place } from './a-box.ts';

const KEPT = 64 * 1024;

describe.each(['bwrap', 'none'] as const)(
  'a command run by the %s driver',
  { timeout: 60_000 },
  (driver) => {
    let place: Place;
    beforeAll(async () => {
      if (driver === 'none' || unsealable === undefined) place = await aBox(driver);
    });
    afterAll(async () => place?.[Symbol.asyncDispose]());
    const sealable = driver === 'none' || unsealable === undefined;

    test.runIf(sealable)('its exit status and both streams come back', async () => {
      const result = await place.run('echo out; echo err >&2; exit 3');
      expect(result).toMatchObject({ exit: 3, timedOut: false });
      expect(result.output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
      expect(result.durationMs).toBeGreaterThan(0);
    });

    test.runIf(sealable)(
      'I3 at its wall clock everything is killed and there is no exit status',
      async () => {
        const script = 'echo begun; (while :; do : > beat; done) & sleep 60';
        const result = await place.run(script, { timeoutMs: 300 });
        expect(result).toMatchObject({ exit: null, timedOut: true, output: 'begun\n' });
        expect(result.durationMs).toBeLessThan(3000);
        expect(await lastWord(place.work)).toBe('ours');
      },
    );

    test.runIf(sealable)('of endless output only the last 64 KB are kept', async () => {
      const endless = await place.run('yes line', { timeoutMs: 400 });
      expect(endless.timedOut).toBe(true);
      expect(endless.output.length).toBeLessThanOrEqual(KEPT);
      const long = await place.run('head -c 300000 /dev/zero | tr "\\0" a; echo the end');
      expect(long.output).toHaveLength(KEPT);
      expect(long.output.endsWith('athe end\n')).toBe(true);
    });

    test.runIf(sealable)(
      'an abort ends it at once, also one that came before it began',
      async () => {
        const late = AbortSignal.timeout(200);
        expect(await place.run('sleep 60', { signal: late })).toMatchObject({
          exit: null,
          timedOut: false,
        });
        expect(await place.run('sleep 60', { signal: AbortSignal.abort() })).toMatchObject({
          exit: null,
        });
      },
    );

    test.runIf(sealable)('an unknown program ends with 127, never with a throw', async () => {
      const result = await place.run('', { command: ['no-such-program'] });
      expect(result.exit).toBe(127);
    });

    test.runIf(sealable)('nothing is waited for at its standard input', async () => {
      expect(await place.run('cat; echo done', { stdin: 'pipe' })).toMatchObject({
        output: 'done\n',
      });
    });
  },
);

describe('the unsealed driver', { timeout: 60_000 }, () => {
  let place: Place;
  beforeAll(async () => {
    place = await aBox('none');
  });
  afterAll(async () => place[Symbol.asyncDispose]());

  test('a kill is one of the whole tree', async () => {
    const child = place.box.spawn(
      place.order('sh -c "while :; do : > beat; sleep 0.01; done" & echo up; wait'),
    );
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await lastWord(place.work)).toBe('ours');
  });

  test('what the command leaves in the background ends with it', async () => {
    const { durationMs } = await place.run('(while :; do : > beat; sleep 0.01; done) & exit 0');
    expect(durationMs).toBeLessThan(3000);
    expect(await lastWord(place.work)).toBe('ours');
  });

  test('I7 its environment is as clean as that of a sealed one, with folders of its own', async () => {
    const { output } = await place.run(
      'env | cut -d= -f1 | grep -v "^PWD$\\|^_$\\|^SHLVL$\\|^OLDPWD$"; echo $HOME',
    );
    expect(output.trim().split('\n').toSorted()).toEqual([
      join(place.root, 'shared', 'home'),
      'HOME',
      'LANG',
      'PATH',
      'TMPDIR',
    ]);
  });

  test('a folder that does not exist gives no exit status', async () => {
    const result = await place.run('true', { cwd: join(place.root, 'nowhere') });
    expect(result.exit).toBeNull();
    expect(result.output).toContain('could not be started');
  });
});

/**
 * Who has the last word in a file that a process kept writing: after the last writer has gone, we
 * do. A signal may need a moment.
 */
async function lastWord(work: string): Promise<string> {
  let word = '';
  for (let tries = 0; tries < 50 && word !== 'ours'; tries += 1) {
    await writeFile(join(work, 'beat'), 'ours');
    await delay(40);
    word = await readFile(join(work, 'beat'), 'utf8');
  }
  return word;
}
