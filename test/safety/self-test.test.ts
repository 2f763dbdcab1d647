import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import type { Box } from '../../src/safety/box.ts';
import { tryToBreakOut } from '../../src/safety/self-test/break-out.ts';
import { WALLS } from '../../src/safety/self-test/walls.ts';
import { aBox, unsealable } from './a-box.ts';

test.skipIf(unsealable)('I8 the self-test finds no way out of the sealed box', async () => {
  await using place = await aBox();
  const order = { box: place.box, folder: place.root, home: homedir() };
  expect(await tryToBreakOut(order)).toEqual([]);
});

test('I8 without a box the same self-test finds every wall open that this machine leaves open', async () => {
  await using place = await aBox('none');
  const open = await tryToBreakOut({ box: place.box, folder: place.root, home: homedir() });
  const { names, limits, home, kernel_settings: settings, namespaces, ...always } = WALLS;
  for (const wall of Object.values(always))
    expect(open).toContainEqual(expect.stringContaining(wall));
  // What was planted on the way is gone again.
  expect((await readdir('/')).filter((name) => name.startsWith('harness-self-test'))).toEqual([]);
  expect(open.length).toBeLessThanOrEqual(Object.keys(WALLS).length);
  expect([names, limits, home, settings, namespaces]).not.toContain(undefined);
});

test('I8 a self-test that tells nothing counts as a way out', async () => {
  await using place = await aBox('none');
  const order = { folder: place.root, home: homedir() };
  const silent = (exit: number): Box => ({
    ...place.box,
    run: () => Promise.resolve({ exit, output: 'no node here', timedOut: false, durationMs: 1 }),
  });
  expect(await tryToBreakOut({ ...order, box: silent(0) })).toEqual([
    expect.stringContaining('could not be carried out'),
  ]);
  expect(await tryToBreakOut({ ...order, box: silent(127) })).toEqual([
    expect.stringContaining('no node here'),
  ]);
});
