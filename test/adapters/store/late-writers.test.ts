import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../../src/domain/run.ts';
import type { RunStore } from '../../../src/work/run-store.ts';
import {
  aClaim,
  addItems,
  aRun,
  aStore,
  claim,
  eventsOf,
  everything,
  moveTo,
  nothingElse,
  SERVER_START_MS,
  type TestStore,
  typesOf,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

const QUESTION = { phase: 'ideation', attempt: 1, stateHash: 'h', question: 'Good?' } as const;
const DONE = { status: 'completed', error: null, outputs: ['a.md'] } as const;

/** What a pipeline of the former generation may still be about to write. */
const WRITES: Record<string, (store: RunStore, run: Run) => Promise<unknown>> = {
  'a status': (store, run) => store.runs.setStatus(run, 'completed', null),
  'an end': (store, run) => store.runs.end(run, { status: 'stopped', reason: null }),
  'a parking': (store, run) => store.runs.hold(run, 'park', 'the budget is reached'),
  'the start of a phase': (store, run) => store.phases.start(run, 'architecture', 7),
  'the end of a phase': (store, run) => store.phases.end(run, 'ideation', DONE),
  'a question': (store, run) => store.approvals.ask(run, { id: randomUUID(), ...QUESTION }),
};

describe.each(Object.entries(WRITES))('I6 %s of a former generation', (_, write) => {
  test('touches nothing', async () => {
    const { store, pool } = tested;
    const run = await aRun(store);
    await store.phases.start(run, 'ideation', 1);
    await moveTo(store, run, { status: 'stopped' });
    const again = await store.runs.reopen(run.id, {}, () => nothingElse);
    await store.phases.start(again, 'ideation', 2);
    const rows = (): Promise<unknown> =>
      Promise.all([everything(pool, run), store.runs.get(run.id), store.phases.list(run.id)]);
    const before = await rows();
    // As the late writer saw it: running, as it is again.
    await write(store, { ...run, status: 'running' });
    expect(await rows()).toEqual(before);
    await write(store, again);
    expect(await rows()).not.toEqual(before);
  });
});

test('I6 a status is set only where it still is what its writer saw', async () => {
  const { store } = tested;
  const run = await aRun(store);
  expect(await store.runs.setStatus(run, 'stopping', null)).toBe(true);
  expect(await store.runs.setStatus(run, 'completed', null)).toBe(false);
  expect(await store.runs.setStatus({ ...run, status: 'stopping' }, 'stopped', 'asked')).toBe(true);
  // The same once more, by someone whose first answer was lost on the way.
  expect(await store.runs.setStatus({ ...run, status: 'stopping' }, 'stopped', 'asked')).toBe(true);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'stopped', reason: 'asked' });
  expect((await typesOf(store, run)).slice(2)).toEqual(['run.status', 'run.status']);
});

test('I2 I6 a run that ends unhosted ends its attempts and sessions, and gives its items back', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1', 'API-2');
  const { attempt, fence } = await aClaim(store, run);
  const { id: second } = (await claim(store, run))?.attempt ?? { id: '' };
  const before = (await eventsOf(store, run)).length;
  expect(await store.runs.end(run, { status: 'stopped', reason: null })).toBe(true);

  expect(await store.attempts.list(run.id, { open: true })).toEqual([]);
  expect(await store.attempts.sessions(run.id)).toEqual([]);
  const { rows } = await pool.query(
    'select count(*)::int as open from harness.session where project_id = $1 and ended_at is null',
    [run.projectId],
  );
  expect(rows).toEqual([{ open: 0 }]);
  const end = { status: 'aborted', reason: 'the run is stopped' };
  expect((await store.attempts.get(attempt.id))?.end).toEqual(end);
  expect(await store.attempts.touch(fence)).toBe(false);
  const items = await store.items.list(run.projectId);
  expect(items.map(({ status, failures }) => [status, failures])).toEqual([
    ['todo', 0],
    ['todo', 0],
  ]);
  const told = (await eventsOf(store, run)).slice(before);
  expect(told.filter(({ type }) => type === 'item.returned')).toHaveLength(2);
  expect(told).toContainEqual(
    expect.objectContaining({
      type: 'attempt.ended',
      subject: expect.objectContaining({ attempt: second }),
      end,
    }),
  );
  expect(told.at(-1)).toEqual({ type: 'run.status', status: 'stopped', reason: null });
  const queued = await store.outbox.pending(run.projectId, 100);
  expect(queued.filter(({ op }) => op.op === 'release')).toHaveLength(2);
  expect(await store.runs.end(run, { status: 'failed', reason: 'late' })).toBe(false);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'stopped' });
});
