import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_USAGE } from '../../../src/domain/usage.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { UsageEntry } from '../../../src/work/run-store.ts';
import { aRun, aStore, SERVER_START_MS, type TestStore } from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

function aCall(run: Run, costUsd: number | null, call: Partial<UsageEntry> = {}): UsageEntry {
  const { id: runId, projectId } = run;
  const tokens = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 2, cacheWriteTokens: 1 };
  const who = { sessionId: 's1', phase: 'implement', role: 'coder', itemKey: 'API-1' } as const;
  const what = { model: 'a-model', usage: { ...tokens, costUsd } };
  return { requestId: randomUUID(), projectId, runId, ...who, ...what, ...call };
}

test('I5 usage adds up exactly, each call once', async () => {
  const { usage } = tested.store;
  const run = await aRun(tested.store);
  expect(await usage.total(run.id)).toEqual(NO_USAGE);
  const call = aCall(run, 0.1);
  for (const one of [call, call, aCall(run, 0.2), aCall(run, 0)]) await usage.add(one);
  expect(await usage.total(run.id)).toEqual({
    inputTokens: 30,
    outputTokens: 15,
    cacheReadTokens: 6,
    cacheWriteTokens: 3,
    costUsd: 0.3,
  });
});

test('I5 one unknown cost makes the whole unknown, never zero, and only where it belongs', async () => {
  const { usage } = tested.store;
  const run = await aRun(tested.store);
  await usage.add(aCall(run, 0.5, { phase: 'ideation', itemKey: null, sessionId: 's0' }));
  await usage.add(aCall(run, 0.25));
  await usage.add(aCall(run, null, { model: 'new-model' }));
  expect((await usage.total(run.id)).costUsd).toBeNull();
  const costs = async (dimension: 'phase' | 'item' | 'model' | 'session') =>
    (await usage.by(run.id, dimension)).map((part) => [part.name, part.usage.costUsd]);
  expect(await costs('phase')).toEqual([
    ['ideation', 0.5],
    ['implement', null],
  ]);
  expect(await costs('item')).toEqual([
    ['', 0.5],
    ['API-1', null],
  ]);
  expect(await costs('model')).toEqual([
    ['a-model', 0.75],
    ['new-model', null],
  ]);
  expect(await costs('session')).toEqual([
    ['s0', 0.5],
    ['s1', null],
  ]);
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
  'I5 a cost of %d is refused',
  async (cost) => {
    const run = await aRun(tested.store);
    await expect(tested.store.usage.add(aCall(run, cost))).rejects.toThrow('usage');
  },
);

function aWorker(executorId: string) {
  const process = { pid: 17, pidStarted: '4711', hostId: 'h', bootId: 'b' };
  return { executorId, label: '', labels: ['gpu', 'big machine'], ...process };
}

test('a worker lives while it beats, and is declared dead once its lease and the grace are over', async () => {
  const { store, pool } = tested;
  const { workers } = store;
  const [late, slow, fine] = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of [late, slow, fine]) await workers.join(aWorker(id), 60_000);
  const leave = (id: string, ms: number) =>
    pool.query(
      `update harness.worker set lease_until = now() - $2 * interval '1 ms' where executor_id = $1`,
      [id, ms],
    );
  await leave(late, 600);
  await leave(slow, 100);
  expect(await workers.reap(fine, [])).toEqual([late]);
  expect(await workers.beat(late, 60_000)).toBe(false);
  expect(await workers.beat(slow, 60_000)).toBe(true);
  const live = await workers.live();
  expect(live).toEqual(
    expect.arrayContaining([
      { ...aWorker(slow), overdue: false },
      { ...aWorker(fine), overdue: false },
    ]),
  );
  expect(live.map(({ executorId }) => executorId)).not.toContain(late);
  expect(await workers.reap(fine, [])).toEqual([]);
});

test('a worker known to be dead is reaped at once, one that left is nobody any more', async () => {
  const { workers } = tested.store;
  const [dead, gone, reaper] = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of [dead, gone]) await workers.join(aWorker(id), 60_000);
  await workers.leave(gone);
  expect(await workers.reap(reaper, [dead, gone])).toEqual([dead]);
  expect(await workers.beat(gone, 60_000)).toBe(false);
  await expect(workers.join(aWorker(dead), 1000)).rejects.toThrow('worker');
});

test('I6 a lease from before the clock was set back is not believed for hours', async () => {
  const { store, pool } = tested;
  const { workers } = store;
  const [dead, reaper] = [randomUUID(), randomUUID()];
  await workers.join(aWorker(dead), 3 * 3_600_000);
  expect(await workers.reap(reaper, [])).toEqual([]);
  const { rows } = await pool.query(
    `select extract(epoch from lease_until - now())::float8 as left from harness.worker where executor_id = $1`,
    [dead],
  );
  expect(rows[0]?.left).toBeGreaterThan(30);
  expect(rows[0]?.left).toBeLessThanOrEqual(60);
});
