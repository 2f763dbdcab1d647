import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  aClaim,
  addItems,
  aRun,
  aStore,
  SERVER_START_MS,
  brokenCompanion,
  claim,
  eightAtOnce,
  eventsOf,
  nothingElse,
  SETTINGS,
  statusesOf,
  type TestStore,
  moveTo,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

test('a complete run that is opened again implements what is new, and nothing else again', async () => {
  const { store } = tested;
  const run = await aRun(store);
  for (const name of ['initialize', 'implement', 'testing'] as const) {
    await store.phases.start(run, name, 1);
    await store.phases.end(run, name, { status: 'completed', error: null, outputs: [] });
  }
  await moveTo(store, run, { status: 'completed' });
  await store.runs.reopen(run.id, {}, () => nothingElse);
  expect(await statusesOf(store, run)).toMatchObject({
    initialize: 'completed',
    implement: 'pending',
    testing: 'completed',
  });
});

test('a run opened again is the next generation of itself, with what was changed', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await store.phases.start(run, 'ideation', 1);
  const outputs = ['PRPs/plans/requirements.md'];
  await store.phases.end(run, 'ideation', { status: 'completed', error: null, outputs });
  await store.phases.start(run, 'architecture', 1);
  await store.phases.start(run, 'architecture', 2);
  await store.phases.start(run, 'task_breakdown', 3);
  const failed = { status: 'failed', error: 'no plan', outputs: [] } as const;
  await store.phases.end(run, 'task_breakdown', failed);
  await store.runs.control(run.id, 'pause');
  await moveTo(store, run, { status: 'failed', reason: 'no plan' });
  const seen: unknown[] = [];
  const again = await store.runs.reopen(run.id, { budgetUsd: 9 }, (opened) => async (client) => {
    const { rows } = await client.query('select generation from harness.run where id = $1', [
      opened.id,
    ]);
    seen.push(...rows);
  });
  expect(again).toMatchObject({ status: 'running', generation: 2, control: null, reason: null });
  expect(again).toMatchObject({ endedAt: null, settings: { ...SETTINGS, budgetUsd: 9 } });
  expect(seen).toEqual([{ generation: 2 }]);
  expect(await statusesOf(store, run)).toMatchObject({
    ideation: 'completed',
    architecture: 'pending',
    task_breakdown: 'pending',
  });
  const phases = await store.phases.list(run.id);
  expect(phases.slice(0, 3).map(({ attempts }) => attempts)).toEqual([1, 2, 3]);
  expect((await eventsOf(store, run)).slice(-2)).toEqual([
    { type: 'run.resumed', generation: 2 },
    { type: 'run.status', status: 'running', reason: null },
  ]);
});

test('I6 what the former generation left open is ended, and its items are free again', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1', 'API-2', 'API-3');
  const { attempt, fence } = await aClaim(store, run);
  await pool.query(
    `update harness.item set status = 'in_progress' where project_id = $1 and key = 'API-2'`,
    [run.projectId],
  );
  await store.items.block(run.projectId, 'API-3', 'failed 3 times', 'harness');
  await moveTo(store, run, { status: 'stopped' });
  await store.runs.reopen(run.id, {}, () => nothingElse);

  const items = await store.items.list(run.projectId);
  expect(items.map(({ status }) => status)).toEqual(['todo', 'todo', 'blocked']);
  expect(items[0]).toMatchObject({ failures: 0, notBefore: null });
  expect((await store.attempts.get(attempt.id))?.end).toMatchObject({ status: 'aborted' });
  expect(await store.attempts.touch(fence)).toBe(false);
  expect((await eventsOf(store, run)).slice(-5)).toMatchObject([
    { type: 'item.returned', item: 'API-1' },
    { type: 'attempt.ended', subject: { attempt: attempt.id } },
    { type: 'item.returned', item: 'API-2' },
    { type: 'run.resumed', generation: 2 },
    { type: 'run.status', status: 'running' },
  ]);
  expect((await claim(store, run))?.attempt.number).toBe(2);
});

test('I6 items that trouble of ours blocked are free again, those that failed on their own are not', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1', 'API-2', 'API-3');
  const codes = ['infrastructure', 'session_failed', 'checks_failed'] as const;
  for (const code of codes) {
    const { fence } = await aClaim(store, run);
    const rules = { itemMaxAttempts: 1, delayMs: 0, events: [] };
    await store.attempts.close(fence, { status: 'failed', code, reason: `for ${code}` }, rules);
  }
  // A person has looked at it meanwhile, and has something else to say.
  await store.items.retry(run.projectId, 'API-2', 'ada');
  await store.items.block(run.projectId, 'API-2', 'not now', 'ada');
  await moveTo(store, run, { status: 'paused' });
  await store.runs.reopen(run.id, {}, () => nothingElse);

  const items = await store.items.list(run.projectId);
  expect(items.map(({ status }) => status)).toEqual(['todo', 'blocked', 'blocked']);
  expect(items[0]).toMatchObject({ failures: 0, reason: null });
  expect(await eventsOf(store, run)).toContainEqual({
    type: 'item.returned',
    item: 'API-1',
    reason: 'the run was opened again',
    notBefore: null,
  });
});

test('of eight that open a run again one does, and the others are told', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await moveTo(store, run, { status: 'limited', reason: 'weekly limit' });
  const { got, refused } = await eightAtOnce(() =>
    store.runs.reopen(run.id, {}, () => nothingElse),
  );
  expect(got).toHaveLength(1);
  const told = expect.objectContaining({ code: 'RUN_ACTIVE', exit: 2 });
  expect(refused).toEqual(Array(7).fill(told));
  expect(await store.runs.get(run.id)).toMatchObject({ generation: 2 });
});

test('a run is not opened again beside another one, and nothing is when its companion fails', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await moveTo(store, run, { status: 'stopped' });
  const before = await eventsOf(store, run);
  const broken = store.runs.reopen(run.id, {}, () => brokenCompanion);
  await expect(broken).rejects.toThrow('no queue');
  expect(await eventsOf(store, run)).toEqual(before);
  const order = { id: `${run.id}/2`, projectId: run.projectId, idea: 'y', settings: SETTINGS };
  await store.runs.create(order);
  await expect(store.runs.reopen(run.id, {}, () => nothingElse)).rejects.toMatchObject({
    code: 'RUN_ACTIVE',
  });
});
