import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Run } from '../../../src/domain/run.ts';
import type { Caps, Reservation, UsageEntry } from '../../../src/work/run-store.ts';
import { aRun, aStore, eightAtOnce, eventsOf, SERVER_START_MS, type TestStore } from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
  await join('alive');
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

function join(executorId: string): Promise<void> {
  const process = { pid: 17, pidStarted: '4711', hostId: 'h', bootId: 'b' };
  return tested.store.workers.join({ executorId, label: '', labels: [], ...process }, 600_000);
}

const NO_CAP: Caps = { runUsd: null, sessionUsd: null, dayUsd: null };

interface Wanted extends Partial<Omit<Reservation, 'caps'>> {
  readonly caps?: Partial<Caps>;
}

function aCall(run: Run, usd: number | null, { caps, ...wanted }: Wanted = {}): Reservation {
  const who = { sessionId: 's1', attemptId: 'a1', phase: 'implement', role: 'coder' } as const;
  const what = { id: randomUUID(), itemKey: 'API-1', model: 'a-model', owner: 'alive', usd };
  const keys = { projectId: run.projectId, runId: run.id };
  return { ...keys, ...who, ...what, ...wanted, caps: { ...NO_CAP, ...caps } };
}

function chargeFor(call: Reservation, costUsd: number | null): UsageEntry {
  const { projectId, runId, sessionId, phase, role, itemKey, model } = call;
  const tokens = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const usage = { ...tokens, costUsd };
  const requestId = `req_1/${call.id}`;
  return { requestId, projectId, runId, sessionId, phase, role, itemKey, model, usage };
}

const spent = async (run: Run) => (await tested.store.usage.total(run.id)).costUsd;

test('I5 of eight that ask at once only as many are held as the cap has room for', async () => {
  const { reservations } = tested.store;
  const run = await aRun(tested.store);
  for (const cap of ['runUsd', 'sessionUsd'] as const) {
    const calls: Reservation[] = [];
    const { got } = await eightAtOnce((at) => {
      const call = aCall(run, 0.3, { sessionId: cap, caps: { [cap]: cap === 'runUsd' ? 1 : 0.7 } });
      calls[at] = call;
      return reservations.take(call);
    });
    const held = got.filter(({ kind }) => kind === 'held');
    expect(held).toHaveLength(cap === 'runUsd' ? 3 : 2);
    expect(got.find(({ kind }) => kind === 'over')).toMatchObject({
      cap: cap === 'runUsd' ? 'run' : 'session',
      takenUsd: cap === 'runUsd' ? 0.9 : 0.6,
      capUsd: cap === 'runUsd' ? 1 : 0.7,
      until: null,
    });
    for (const call of calls) await reservations.settle(call, null);
  }
  expect(await reservations.held(run.id)).toBe(0);
});

test('I5 what is metered takes the place of what was set aside, once', async () => {
  const { reservations } = tested.store;
  const run = await aRun(tested.store);
  const caps = { runUsd: 1 };
  const call = aCall(run, 0.9, { caps });
  expect(await reservations.take(call)).toMatchObject({ kind: 'held', usd: 0.9 });
  expect(await reservations.take(aCall(run, 0.2, { caps }))).toMatchObject({ kind: 'over' });
  const charge = chargeFor(call, 0.4);
  await reservations.settle(call, charge);
  await reservations.settle(call, charge);
  expect([await spent(run), await reservations.held(run.id)]).toEqual([0.4, 0]);
  expect(await reservations.take(aCall(run, 0.6, { caps }))).toMatchObject({
    kind: 'held',
    roomUsd: 0,
  });
});

test('I5 a long answer is given more while there is room, and nothing beyond', async () => {
  const { reservations } = tested.store;
  const run = await aRun(tested.store);
  const caps = { runUsd: 1 };
  const [mine, other] = [aCall(run, 0.2, { caps }), aCall(run, 0.5, { caps })];
  await reservations.take(mine);
  await reservations.take(other);
  const more = (costUsd: number) => reservations.grow(mine, { costUsd, upToUsd: costUsd + 0.2 });
  expect(await more(0.25)).toMatchObject({ kind: 'held', usd: 0.45 });
  expect(await more(0.45)).toMatchObject({ kind: 'held', usd: 0.5, roomUsd: 0 });
  expect(await more(0.51)).toMatchObject({ kind: 'over', cap: 'run', takenUsd: 1, capUsd: 1 });
  await reservations.settle(other, null);
  expect(await more(0.51)).toMatchObject({ kind: 'held', usd: 0.71 });
});

test('I5 a day holds for all runs of its label, over projects, and says when it ends', async () => {
  const { store, pool } = tested;
  const { reservations } = store;
  const label = randomUUID();
  const [one, two, other] = [
    await aRun(store, { label }),
    await aRun(store, { label }),
    await aRun(store, { label: randomUUID() }),
  ];
  const caps = { dayUsd: 1 };
  const before = aCall(one, 0.5);
  await reservations.take(before);
  await reservations.settle(before, chargeFor(before, 0.5));
  await reservations.take(aCall(two, 0.3));
  const end = await reservations.take(aCall(one, 0.3, { caps }));
  expect(end).toMatchObject({ kind: 'over', cap: 'day', takenUsd: 0.8, capUsd: 1 });
  const midnight = new Date();
  midnight.setUTCHours(24, 0, 0, 0);
  expect(end.kind === 'over' && end.until).toBe(midnight.toISOString());
  expect(await reservations.take(aCall(other, 0.3, { caps }))).toMatchObject({ kind: 'held' });
  await pool.query(`update harness.usage set at = at - interval '1 day' where run_id = $1`, [
    one.id,
  ]);
  expect(await reservations.take(aCall(one, 0.3, { caps }))).toMatchObject({ kind: 'held' });
});

test('I5 eight runs under one day never take more than it holds together', async () => {
  const { store } = tested;
  const label = randomUUID();
  const runs = await Promise.all(Array.from({ length: 8 }, () => aRun(store, { label })));
  const { got } = await eightAtOnce((at) => {
    const run = runs[at];
    if (run === undefined) throw new Error('one too many');
    return store.reservations.take(aCall(run, 0.3, { caps: { dayUsd: 1 } }));
  });
  expect(got.filter(({ kind }) => kind === 'held')).toHaveLength(3);
});

test('I5 under a cap an unknown cost is not nothing; without one the call goes through', async () => {
  const { reservations } = tested.store;
  const run = await aRun(tested.store);
  const call = aCall(run, null);
  expect(await reservations.take(call)).toMatchObject({ kind: 'held', roomUsd: null });
  expect(await reservations.held(run.id)).toBeNull();
  const capped = aCall(run, 0.1, { caps: { runUsd: 100 } });
  expect(await reservations.take(capped)).toEqual({ kind: 'unknown' });
  await reservations.settle(call, chargeFor(call, null));
  expect(await reservations.take(capped)).toEqual({ kind: 'unknown' });
});

test('I5 a call whose process died counts as what was set aside, until somebody knows better', async () => {
  const { store } = tested;
  const { reservations } = store;
  const run = await aRun(store);
  const dead = randomUUID();
  await join(dead);
  const caps = { runUsd: 1 };
  const [lost, waived] = [0.4, 0.2].map((usd) => aCall(run, usd, { owner: dead, caps }));
  const living = aCall(run, 0.1, { caps });
  if (lost === undefined || waived === undefined) throw new Error('no calls');
  for (const call of [lost, waived, living]) await reservations.take(call);
  expect(await reservations.settleLost()).toBe(0);
  await store.workers.reap('alive', [dead]);
  expect(await reservations.settleLost()).toBe(2);
  expect(await reservations.settleLost()).toBe(0);
  expect([await spent(run), await reservations.held(run.id)]).toEqual([0.6, 0.1]);
  await expect(reservations.take(aCall(run, 0.1, { owner: dead }))).rejects.toMatchObject({
    code: 'RESERVATION_GONE',
  });
  const told = (await eventsOf(store, run)).filter(({ type }) => type === 'model.failed');
  expect(told).toMatchObject([
    { kind: 'dropped', subject: { attempt: 'a1', item: 'API-1' } },
    { kind: 'dropped' },
  ]);
  expect(JSON.stringify(told)).toContain('it counts as the $0.4000 that were set aside for it');
  await expect(reservations.grow(lost, { costUsd: 0.5, upToUsd: 0.6 })).rejects.toMatchObject({
    code: 'RESERVATION_GONE',
  });
  // It was only frozen: what it metered corrects the guess.
  await reservations.settle(lost, chargeFor(lost, 0.3));
  await reservations.settle(waived, null);
  expect(await spent(run)).toBe(0.3);
});

test('I5 what is counted as spent is what the charges say, however they came and went', async () => {
  const { store, pool } = tested;
  const { reservations } = store;
  const run = await aRun(store, { label: randomUUID() });
  await eightAtOnce(async (at) => {
    const call = aCall(run, 0.1, { sessionId: `s${at % 2}` });
    await reservations.take(call);
    await reservations.settle(call, chargeFor(call, at === 7 ? null : (at + 1) / 10));
  });
  const usage = `select coalesce(sum(cost_usd), 0)::float8 as usd, (count(*) - count(cost_usd))::int as unpriced
    from harness.usage where run_id = $1`;
  const counted = `select coalesce(sum(usd), 0)::float8 as usd, coalesce(sum(unpriced), 0)::int as unpriced
    from harness.spent where run_id = $1`;
  const both = async () => [
    (await pool.query(usage, [run.id])).rows[0],
    (await pool.query(counted, [run.id])).rows[0],
  ];
  expect(await both()).toEqual([
    { usd: 2.8, unpriced: 1 },
    { usd: 2.8, unpriced: 1 },
  ]);
  await pool.query(
    `update harness.usage set cost_usd = 0.8 where run_id = $1 and cost_usd is null`,
    [run.id],
  );
  await pool.query(`delete from harness.usage where run_id = $1 and session_id = 's0'`, [run.id]);
  expect(await both()).toEqual([
    { usd: 2, unpriced: 0 },
    { usd: 2, unpriced: 0 },
  ]);
});

test('I5 what was spent before the clock was set back to yesterday still counts for the day', async () => {
  const { store, pool } = tested;
  const run = await aRun(store, { label: randomUUID() });
  const call = aCall(run, 0.9);
  await store.reservations.take(call);
  await store.reservations.settle(call, chargeFor(call, 0.9));
  await pool.query(`update harness.usage set at = at + interval '1 day' where run_id = $1`, [
    run.id,
  ]);
  const next = aCall(run, 0.2, { caps: { dayUsd: 1 } });
  expect(await store.reservations.take(next)).toMatchObject({ kind: 'over', takenUsd: 0.9 });
});
