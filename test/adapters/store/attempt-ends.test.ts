import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptEnd } from '../../../src/domain/attempt.ts';
import {
  aClaim,
  aRun,
  aStore,
  SERVER_START_MS,
  claim,
  DONE,
  eightAtOnce,
  eventsOf,
  everything,
  ORDER,
  type TestStore,
  typesOf,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

interface Ending {
  readonly name: string;
  readonly end: AttemptEnd;
  readonly failuresBefore?: number;
  readonly delayMs?: number;
  readonly item: Record<string, unknown>;
  readonly event: Record<string, unknown>;
  readonly writes: readonly string[];
}

const later = expect.stringMatching(/Z$/u);
const reason = 'red';
const FAR = '2099-01-01T00:00:00.000Z';
const ENDINGS: readonly Ending[] = [
  {
    name: 'succeeded: done with its commit',
    end: DONE,
    item: { status: 'done', commit: 'c1', failures: 0, notBefore: null },
    event: { type: 'item.done', item: 'API-1', commit: 'c1' },
    writes: ['comment', 'finish'],
  },
  ...(['timed_out', 'stalled'] as const).map((status) => ({
    name: `${status}: again after the delay, counted`,
    end: { status, reason },
    item: { status: 'todo', failures: 1, feedback: reason, reason, notBefore: later },
    event: { type: 'item.returned', reason, notBefore: later },
    writes: ['comment', 'release'],
  })),
  {
    name: 'failed: again after the delay, counted, the next one is told why',
    end: { status: 'failed', code: 'checks_failed', reason },
    item: { status: 'todo', failures: 1, feedback: reason, notBefore: later },
    event: { type: 'item.returned', reason, notBefore: later },
    writes: ['comment', 'release'],
  },
  {
    name: 'failed for the last time: blocked',
    end: { status: 'failed', code: 'checks_failed', reason },
    failuresBefore: 2,
    item: { status: 'blocked', failures: 3, reason, feedback: reason, notBefore: null },
    event: { type: 'item.blocked', reason, by: 'harness' },
    writes: ['comment', 'finish'],
  },
  {
    name: 'limited with a time: parked until then, not counted',
    end: { status: 'limited', until: '2099-01-01T01:00:00+01:00', reason },
    failuresBefore: 2,
    item: { status: 'todo', failures: 2, feedback: null, reason, notBefore: FAR },
    event: { type: 'item.returned', notBefore: FAR },
    writes: ['release'],
  },
  {
    name: 'limited without a readable time: after the delay, not counted',
    end: { status: 'limited', until: 'soon', reason },
    item: { status: 'todo', failures: 0, notBefore: later },
    event: { type: 'item.returned', notBefore: later },
    writes: ['release'],
  },
  {
    name: 'aborted: at once, not counted',
    end: { status: 'aborted', reason },
    item: { status: 'todo', failures: 0, notBefore: null },
    event: { type: 'item.returned', notBefore: null },
    writes: ['release'],
  },
];

test.each(ENDINGS)('an attempt that $name', async ({ end, failuresBefore = 0, ...expected }) => {
  const { store, pool } = tested;
  const run = await aRun(store);
  const { attempt, fence } = await aClaim(store, run);
  const sql = 'update harness.item set failures = $2 where project_id = $1';
  await pool.query(sql, [run.projectId, failuresBefore]);
  const given = { type: 'main.landed', commit: 'c1' } as const;
  expect(await store.attempts.close(fence, end, { ...ORDER, events: [given] })).toBe(true);

  expect(await store.items.get(run.projectId, 'API-1')).toMatchObject(expected.item);
  expect(await store.attempts.get(attempt.id)).toMatchObject({ end, endedAt: later });
  const subject = { attempt: attempt.id, phase: 'implement', role: 'coder', item: 'API-1' };
  expect((await eventsOf(store, run)).slice(4)).toEqual([
    given,
    expect.objectContaining(expected.event),
    { type: 'attempt.ended', subject, end },
  ]);
  const writes = (await store.outbox.pending(run.projectId, 10)).slice(2);
  expect(writes.map(({ op }) => op.op)).toEqual(expected.writes);
  const next = await claim(store, run);
  expect(next?.item.key).toBe(end.status === 'aborted' ? 'API-1' : undefined);
});

test('the delay after a failure is counted from now, by the clock of the database', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  const { fence } = await aClaim(store, run);
  await store.attempts.close(fence, { status: 'stalled', reason }, ORDER);
  const { rows } = await pool.query(
    `select extract(epoch from not_before - updated_at)::int as seconds from harness.item
     where project_id = $1`,
    [run.projectId],
  );
  expect(rows).toEqual([{ seconds: 60 }]);
});

test('I6 a delay from before the clock was set back for hours is over', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  const { fence } = await aClaim(store, run);
  await store.attempts.close(fence, { status: 'stalled', reason }, ORDER);
  expect(await claim(store, run)).toBeUndefined();
  await pool.query(
    `update harness.item set not_before = not_before + interval '3 hours',
      updated_at = updated_at + interval '3 hours' where project_id = $1`,
    [run.projectId],
  );
  expect((await claim(store, run))?.item.key).toBe('API-1');
});

test.each<AttemptEnd>([DONE, { status: 'aborted', reason }])(
  'an item that a person blocked meanwhile stays blocked when its attempt ends ($status)',
  async (end) => {
    const { store } = tested;
    const run = await aRun(store);
    const { fence } = await aClaim(store, run);
    await store.items.block(run.projectId, 'API-1', 'not wanted', 'ada');
    expect(await store.attempts.close(fence, end, ORDER)).toBe(true);
    const item = await store.items.get(run.projectId, 'API-1');
    expect(item).toMatchObject({ status: 'blocked', reason: 'not wanted', commit: null });
    expect((await typesOf(store, run)).slice(-2)).toEqual(['item.blocked', 'attempt.ended']);
  },
);

test('I3 an attempt at an item does not succeed without a commit', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const { fence } = await aClaim(store, run);
  const before = await everything(tested.pool, run);
  const empty: AttemptEnd = { status: 'succeeded', commit: null, text: 'done!' };
  await expect(store.attempts.close(fence, empty, ORDER)).rejects.toMatchObject({
    code: 'COMMIT_MISSING',
  });
  expect(await everything(tested.pool, run)).toEqual(before);
});

test('I2 of eight ends at once one counts', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const { fence } = await aClaim(store, run);
  const { got } = await eightAtOnce(() => store.attempts.close(fence, DONE, ORDER));
  expect(got.filter(Boolean)).toHaveLength(1);
  expect((await typesOf(store, run)).filter((type) => type === 'attempt.ended')).toHaveLength(1);
  await expect(store.items.block(run.projectId, 'API-1', 'x', 'ada')).rejects.toMatchObject({
    code: 'ITEM_DONE',
  });
});
