import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fence } from '../../../src/domain/attempt.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { RunStore } from '../../../src/work/run-store.ts';
import {
  aClaim,
  aRun,
  aStore,
  SERVER_START_MS,
  DONE,
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

test('fences grow, over all attempts, and no two executions share one', async () => {
  const { store } = tested;
  const claims = [await aClaim(store, await aRun(store)), await aClaim(store, await aRun(store))];
  const taken = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      store.attempts.takeFence(claims[at % 2]?.attempt.id ?? '', `worker-${at}`),
    ),
  );
  const numbers = [...taken, ...claims.map(({ fence }) => fence)].map((fence) => fence?.number);
  expect(new Set(numbers).size).toBe(22);
  expect(await store.attempts.takeFence('nobody', 'worker')).toBeUndefined();
});

const forbidden = (): Promise<void> => Promise.reject(new Error('must not run'));

const WRITES: Record<string, (store: RunStore, fence: Fence) => Promise<boolean>> = {
  record: (store, fence) => store.attempts.record(fence, [{ type: 'main.landed', commit: 'x' }]),
  touch: (store, fence) => store.attempts.touch(fence),
  async whileFenced(store, fence) {
    return (await store.attempts.whileFenced(fence, forbidden)) !== 'lost';
  },
  takeUp: (store, fence) => store.attempts.takeUp(fence),
  handIn: (store, fence) => store.attempts.handIn(fence, []),
  close: (store, fence) => store.attempts.close(fence, DONE, ORDER),
};

describe.each(Object.entries(WRITES))('I2 %s', (_, write) => {
  test('touches nothing with the fence of an older execution', async () => {
    const { store } = tested;
    const run = await aRun(store);
    const { fence } = await aClaim(store, run);
    await store.attempts.takeFence(fence.attemptId, 'worker-2');
    const before = await everything(tested.pool, run);
    expect(await write(store, fence)).toBe(false);
    expect(await everything(tested.pool, run)).toEqual(before);
  });

  test('touches nothing when the attempt has ended', async () => {
    const { store } = tested;
    const run = await aRun(store);
    const { fence } = await aClaim(store, run);
    expect(await store.attempts.close(fence, DONE, ORDER)).toBe(true);
    const before = await everything(tested.pool, run);
    expect(await write(store, fence)).toBe(false);
    expect(await store.attempts.takeFence(fence.attemptId, 'w')).toBeUndefined();
    expect(await everything(tested.pool, run)).toEqual(before);
  });

  test('touches nothing without a fence that somebody took', async () => {
    const { store } = tested;
    const run = await aRun(store);
    await store.items.add(run.id, [], 'nobody');
    const attempt = await store.attempts.open(anOrder(run));
    const before = await everything(tested.pool, run);
    expect(await write(store, { attemptId: attempt.id, number: 0 })).toBe(false);
    expect(await everything(tested.pool, run)).toEqual(before);
  });
});

function anOrder(run: Run) {
  const role = 'ideation:scope';
  const ids = { id: randomUUID(), sessionId: randomUUID(), runId: run.id };
  return { ...ids, phase: 'ideation', role, number: 1 } as const;
}

test('I2 a newer execution waits for an effect under way, and the next effect is refused', async () => {
  const { store } = tested;
  const { fence } = await aClaim(store, await aRun(store));
  const order: string[] = [];
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: leaving, resolve: leave } = Promise.withResolvers<void>();
  const effect = store.attempts.whileFenced(fence, async () => {
    enter();
    await leaving;
    expect(await store.attempts.record(fence, [{ type: 'main.landed', commit: 'x' }])).toBe(true);
    expect(await store.attempts.touch(fence)).toBe(true);
    order.push('effect');
  });
  await entered;
  const taking = store.attempts.takeFence(fence.attemptId, 'worker-2').then((taken) => {
    order.push('taken');
    return taken;
  });
  await waiting();
  leave();
  expect(await effect).toBe('held');
  expect((await taking)?.number).toBeGreaterThan(fence.number);
  expect(order).toEqual(['effect', 'taken']);
  expect(await store.attempts.whileFenced(fence, () => Promise.resolve())).toBe('lost');
});

/** Until some statement of this database waits for a lock. */
async function waiting(): Promise<void> {
  const sql = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await tested.pool.query(sql)).rowCount === 0);
}

test.each(['stop', 'stop_now'] as const)(
  'an effect is called off once a person asked to %s the run; a pause lets it happen',
  async (control) => {
    const { store } = tested;
    const run = await aRun(store);
    const { fence } = await aClaim(store, run);
    await store.runs.control(run.id, 'pause');
    expect(await store.attempts.whileFenced(fence, () => Promise.resolve())).toBe('held');
    await store.runs.control(run.id, control);
    expect(await store.attempts.whileFenced(fence, forbidden)).toBe('called_off');
  },
);

test('an effect is called off once a person took the item away, and who comes late waits for it', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const { fence } = await aClaim(store, run);
  const order: string[] = [];
  let skipping: Promise<void> | undefined;
  const held = await store.attempts.whileFenced(fence, async () => {
    skipping = store.items
      .block(run.projectId, 'API-1', 'not wanted', 'ada')
      .then(() => void order.push('blocked'));
    await waiting();
    order.push('effect');
  });
  await skipping;
  expect([held, ...order]).toEqual(['held', 'effect', 'blocked']);
  expect(await store.attempts.whileFenced(fence, forbidden)).toBe('called_off');
});

test('an effect that throws gives its error, and the fence stays', async () => {
  const { store } = tested;
  const { fence } = await aClaim(store, await aRun(store));
  const broken = store.attempts.whileFenced(fence, () => Promise.reject(new Error('ref moved')));
  await expect(broken).rejects.toThrow('ref moved');
  expect(await store.attempts.touch(fence)).toBe(true);
});

test('a lost connection during an effect is an error, and ends no process', async () => {
  const { store, pool } = tested;
  const { fence } = await aClaim(store, await aRun(store));
  const cut = store.attempts.whileFenced(fence, async () => {
    await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and state = 'idle in transaction'`,
    );
  });
  await expect(cut).rejects.toThrow(/connection/iu);
  expect(await store.attempts.touch(fence)).toBe(true);
});

test('the signs of life and the model of a session are shown', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const { attempt, fence } = await aClaim(store, run);
  expect(await store.attempts.sessions(run.id)).toMatchObject([{ model: null, lastEventAt: null }]);
  const subject = {
    attempt: attempt.id,
    phase: 'implement',
    role: 'coder',
    item: 'API-1',
  } as const;
  const started = { subject, session: attempt.sessionId, model: 'a-model' };
  await store.attempts.record(fence, [{ type: 'session.started', ...started }]);
  const [session] = await store.attempts.sessions(run.id);
  expect(session).toMatchObject({ model: 'a-model', startedAt: attempt.startedAt });
  expect(session?.lastEventAt).not.toBeNull();
  await store.attempts.close(fence, DONE, ORDER);
  expect(await store.attempts.sessions(run.id)).toEqual([]);
});

test('an attempt of a role is opened once, listed by what it is, and ends without an item', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const order = anOrder(run);
  const attempt = await store.attempts.open(order);
  expect(await store.attempts.open({ ...order, sessionId: 'another' })).toEqual(attempt);
  const { attempt: coding } = await aClaim(store, run);
  expect(await store.attempts.list(run.id, { phase: 'ideation' })).toEqual([attempt]);
  expect(await store.attempts.list(run.id, { itemKey: 'API-1' })).toHaveLength(1);
  const fence = await store.attempts.takeFence(attempt.id, 'worker-1');
  const end = { status: 'failed', code: 'bad_output', reason: 'no plan' } as const;
  expect(await store.attempts.close(fence ?? { attemptId: '', number: 0 }, end, ORDER)).toBe(true);
  expect((await store.attempts.list(run.id, { open: true })).map(({ id }) => id)).toEqual([
    coding.id,
  ]);
  expect(await store.attempts.list(run.id, { open: false })).toMatchObject([
    { id: attempt.id, end },
  ]);
  expect((await typesOf(store, run)).at(-1)).toBe('attempt.ended');
});
