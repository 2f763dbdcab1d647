import { expect, test } from 'vitest';
import { z } from 'zod';
import { processesWith } from '../support/claude-rig.ts';
import { anArena, type Arena } from './arena.ts';
import { eventually } from './eventually.ts';
import { examine } from './examine.ts';
import { expectSound, sessionsOf } from './expectations.ts';
import { heard } from './heard.ts';
import { withStore } from './with-store.ts';

const Told = z.looseObject({ status: z.string(), why: z.string() });

async function statusOf(arena: Arena): Promise<z.infer<typeof Told>> {
  const status = arena.start('status', '--project-dir', arena.project);
  const { exit, stdout } = await status.ended;
  expect(exit).toBe(0);
  return Told.parse(JSON.parse(stdout));
}

test('I6 I9 a run whose host died is shown as such, leaves nothing running, and goes on wherever a worker is', async () => {
  await using arena = await anArena('shared');
  const dir = ['--project-dir', arena.project];
  const run = arena.start('run', '--idea', 'three words', '--autonomy', 'full', ...dir);
  await heard(run, 'session.started', 'ALPHA-1');
  expect(await statusOf(arena)).toMatchObject({ status: 'running' });
  expect((await statusOf(arena)).why).not.toMatch(/no process/u);
  run.child.kill('SIGKILL');
  await run.ended;

  // Boxes die with the process that opened them.
  await eventually(async () => processesWith(arena.home).length === 0 || undefined);
  const told = await statusOf(arena);
  expect(told.status).toBe('running');
  expect(told.why).toMatch(/no process carries it out/u);
  const before = await examine(arena);
  const open = before.attempts.filter(({ end }) => end === null).length;
  expect(open).toBeGreaterThan(0);

  const worker = arena.worker();
  await withStore(arena, (store) =>
    eventually(async () => {
      const now = await store.runs.get(before.run.id);
      return now?.status === 'completed' || undefined;
    }),
  );
  worker.child.kill('SIGTERM');
  await worker.ended;
  const remains = await examine(arena);
  expectSound(remains);
  // Four of ideation, one each of architecture, breakdown, set-up and testing, three items.
  expect(sessionsOf(remains)).toBeLessThanOrEqual(11 + open);
});
