import { expect, test } from 'vitest';
import { anArena, type Arena } from './arena.ts';
import { examine } from './examine.ts';
import { expectSound, sessionsOf } from './expectations.ts';
import { heard } from './heard.ts';

/** A stop may take so long, and its record a little more. */
const STOP_MS = 10_000;

async function exitOf(arena: Arena, ...words: readonly string[]): Promise<number | null> {
  return (await arena.start(...words, '--project-dir', arena.project).ended).exit;
}

async function statusOf(arena: Arena): Promise<string> {
  return (await examine(arena)).run.status;
}

test('I6 I9 a run is stopped from elsewhere, also while it waits, and resumed; two runs at once are refused', async () => {
  await using arena = await anArena('shared');
  const dir = ['--project-dir', arena.project];
  const run = arena.start('run', '--idea', 'three words', ...dir);
  await heard(run, 'session.started');
  const other = await arena.start('run', '--idea', 'something else', ...dir).ended;
  expect(other.exit).toBe(2);
  expect(other.stderr).toMatch(/Run .+ of this project is running/u);
  expect((await run.ended).exit).toBe(3);

  // Nobody hosts it while it waits for an approval.
  expect(await exitOf(arena, 'stop')).toBe(0);
  const parked = await examine(arena);
  expect(parked.run.status).toBe('stopped');
  expect(await exitOf(arena, 'resume')).toBe(3);
  expect(sessionsOf(await examine(arena))).toBe(sessionsOf(parked));
  expect(await exitOf(arena, 'approve')).toBe(0);

  const working = arena.start('resume', ...dir);
  await heard(working, 'item.claimed');
  await heard(working, 'session.started');
  const asked = performance.now();
  expect(await exitOf(arena, 'stop')).toBe(0);
  expect(performance.now() - asked).toBeLessThan(STOP_MS);
  expect((await working.ended).exit).toBe(130);
  expect(performance.now() - asked).toBeLessThan(STOP_MS);
  const stopped = await examine(arena);
  expect(stopped.run.status).toBe('stopped');
  expect(stopped.processes).toEqual([]);
  expect(stopped.clones).toEqual([]);

  const again = arena.start('resume', ...dir);
  await heard(again, 'session.started');
  const stop = arena.start('stop', ...dir);
  await heard(again, 'run.status');
  again.child.kill('SIGKILL');
  await again.ended;
  await stop.ended;
  expect(['running', 'stopping', 'stopped']).toContain(await statusOf(arena));
  expect(await exitOf(arena, 'resume')).toBe(0);
  expectSound(await examine(arena));
});
