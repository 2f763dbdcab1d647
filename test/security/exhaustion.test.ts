import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { aBox, unsealable } from '../safety/a-box.ts';
import { processesNaming } from '../safety/a-tree-of-processes.ts';

/** Longest time in which the host's own small program may answer while a box does its worst, ms. */
const PATIENCE_MS = 10_000;

async function hostAnswers(): Promise<number> {
  const began = performance.now();
  await promisify(execFile)('/bin/true');
  return performance.now() - began;
}

describe.skipIf(unsealable)(`a box at its worst (skipped without ${unsealable ?? ''})`, () => {
  test('I8 a fork bomb ends with its box, and the host goes on meanwhile', async () => {
    await using place = await aBox();
    const bomb = place.run('bomb() { bomb "$1" | bomb "$1" & }; bomb bomb-of-the-box; sleep 60', {
      timeoutMs: 3000,
    });
    expect(await hostAnswers()).toBeLessThan(PATIENCE_MS);
    expect(await bomb).toMatchObject({ timedOut: true, exit: null });
    expect(processesNaming('bomb-of-the-box')).toEqual([]);
    expect((await place.run('echo alive')).output).toBe('alive\n');
  });

  test('I8 output without end fills neither memory nor the record', async () => {
    await using place = await aBox();
    const before = process.memoryUsage.rss();
    const { output, timedOut } = await place.run('yes harness-of-noise', { timeoutMs: 2000 });
    expect(timedOut).toBe(true);
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(64 * 1024);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 ** 2);
  });

  test('I8 more memory than a box may take ends what takes it, not the host', async () => {
    await using place = await aBox('bwrap', { memoryBytes: 512 * 1024 ** 2 });
    const grow = 'const all = []; for (;;) all.push(Buffer.alloc(5e7, 1))';
    const grown = await place.run('', { command: ['node', '-e', grow], timeoutMs: 60_000 });
    expect(grown.timedOut).toBe(false);
    expect(grown.exit).not.toBe(0);
    expect((await place.run('echo alive')).output).toBe('alive\n');
  });
});
