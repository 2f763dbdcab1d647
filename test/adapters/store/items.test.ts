import { afterAll, beforeAll, expect, test } from 'vitest';
import { SKIPPED } from '../../../src/domain/work-item.ts';
import {
  aClaim,
  addItems,
  aDraft,
  aRun,
  aStore,
  SERVER_START_MS,
  brokenCompanion,
  claim,
  eventsOf,
  type TestStore,
  typesOf,
  moveTo,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

test('items are added once, in the order of the queue, and queued for the tracker', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-2', 'API-10');
  await addItems(store, run, 'API-2', 'API-10', 'API-11');
  await addItems(store, run, 'API-2');
  const items = await store.items.list(run.projectId);
  expect(items.map(({ key }) => key)).toEqual(['API-2', 'API-10', 'API-11']);
  expect(items[0]).toMatchObject({ ...aDraft({ key: 'API-2' }), status: 'todo', runId: run.id });
  expect((await typesOf(store, run)).filter((type) => type === 'item.added')).toHaveLength(3);
  const writes = await store.outbox.pending(run.projectId, 10);
  expect(writes.map(({ op }) => op)).toMatchObject([
    { op: 'create', items: [{ key: 'API-2' }, { key: 'API-10' }] },
    { op: 'create', items: [{ key: 'API-11' }] },
  ]);
});

test('an item that is there with another content is not taken for the one that is added', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1');
  await store.items.addOne(run.id, () => aDraft({ key: 'API-2', title: 'Theirs' }), 'ada');
  await store.items.edit(run.projectId, 'API-1', { title: 'Reworded' }, 'ada');
  await addItems(store, run, 'API-1');
  const plan = [aDraft({ key: 'API-1' }), aDraft({ key: 'API-2' }), aDraft({ key: 'API-3' })];
  expect(await store.items.taken(run.id, plan, 'task_breakdown')).toEqual(['API-2']);
  await expect(store.items.add(run.id, plan, 'task_breakdown')).rejects.toMatchObject({
    code: 'ITEM_TAKEN',
    message: expect.stringContaining('API-2'),
  });
  const items = await store.items.ofRun(run.id);
  expect(items.map(({ title }) => title)).toEqual(['Reworded', 'Theirs']);
  const other = aDraft({ key: 'API-1', title: 'Something else' });
  expect(await store.items.taken(run.id, [other], 'task_breakdown')).toEqual(['API-1']);
});

test('what was written to the tracker is not written again', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1');
  await claim(store, run);
  const [first, second] = await store.outbox.pending(run.projectId, 10);
  await store.outbox.done(first?.id ?? 0);
  await store.outbox.done(first?.id ?? 0);
  expect(await store.outbox.pending(run.projectId, 10)).toEqual([second]);
  expect(second?.op).toMatchObject({ op: 'claim', key: 'API-1' });
});

test('items are claimed by priority, none last, then by key, and only when they are ready', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await store.items.add(
    run.id,
    [
      aDraft({ key: 'A-1', priority: 0 }),
      aDraft({ key: 'A-10', priority: 2 }),
      aDraft({ key: 'A-9', priority: 2 }),
      aDraft({ key: 'A-2', priority: 1, dependencies: ['A-9'] }),
      aDraft({ key: 'A-3', priority: 1, dependencies: ['nobody'] }),
    ],
    'task_breakdown',
  );
  const taken = [await claim(store, run), await claim(store, run), await claim(store, run)];
  expect(taken.map((one) => one?.item.key)).toEqual(['A-9', 'A-10', 'A-1']);
  expect(await claim(store, run, { parallel: 9 })).toBeUndefined();
  const attemptId = taken[0]?.attempt.id ?? '';
  const fence = await store.attempts.takeFence(attemptId, 'w');
  const order = { itemMaxAttempts: 3, delayMs: 0, events: [] };
  const end = { status: 'succeeded', commit: 'c1', text: null } as const;
  await store.attempts.close(fence ?? { attemptId, number: 0 }, end, order);
  expect((await claim(store, run))?.item.key).toBe('A-2');
});

test('a claim for labels takes the first ready item that carries one of them', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await store.items.add(
    run.id,
    [
      aDraft({ key: 'A-1', priority: 1 }),
      aDraft({ key: 'A-2', priority: 1, labels: ['GPU'], dependencies: ['A-1'] }),
      aDraft({ key: 'A-3', priority: 4, labels: ['docs', 'Gpu'] }),
      aDraft({ key: 'A-4', priority: 2, labels: ['docs'] }),
    ],
    'task_breakdown',
  );
  const labels = ['big', 'gpu'];
  expect((await claim(store, run, { labels }))?.item.key).toBe('A-3');
  expect(await claim(store, run, { labels })).toBeUndefined();
  await store.items.edit(run.projectId, 'A-4', { labels: ['Big'] }, 'person');
  expect((await claim(store, run, { labels }))?.item).toMatchObject({
    key: 'A-4',
    labels: ['Big'],
  });
  expect((await claim(store, run))?.item.key).toBe('A-1');
});

test('a claim opens the attempt, its session and says so', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const { attempt } = await aClaim(store, run);
  const item = await store.items.get(run.projectId, 'API-1');
  expect(item).toMatchObject({ status: 'in_progress', attempts: 1, failures: 0 });
  expect(attempt).toMatchObject({
    projectId: run.projectId,
    runId: run.id,
    phase: 'implement',
    role: 'coder',
    itemKey: 'API-1',
    number: 1,
    fence: 0,
    end: null,
  });
  expect(await store.attempts.sessions(run.id)).toMatchObject([
    { attemptId: attempt.id, sessionId: attempt.sessionId, role: 'coder', itemKey: 'API-1' },
  ]);
  expect((await eventsOf(store, run)).at(-1)).toEqual({
    type: 'item.claimed',
    item: 'API-1',
    attempt: attempt.id,
    number: 1,
  });
});

test('I2 of sixteen claims at once each item is taken once, and never more than the slots', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  await addItems(store, run, ...Array.from({ length: 12 }, (_, at) => `API-${at}`));
  const claims = await Promise.all(
    Array.from({ length: 16 }, () => claim(store, run, { parallel: 5 })),
  );
  const keys = claims.flatMap((one) => (one === undefined ? [] : [one.item.key]));
  expect(keys.toSorted()).toEqual(['API-0', 'API-1', 'API-2', 'API-3', 'API-4']);
  const { rows } = await pool.query(
    'select item_key from harness.attempt where run_id = $1 and ended_at is null',
    [run.id],
  );
  expect(rows).toHaveLength(5);
});

test('I2 the database refuses a second open attempt at an item', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  const { attempt } = await aClaim(store, run);
  const twin = `insert into harness.attempt
    (id, project_id, run_id, phase, role, item_key, number, session_id)
    select id || '-twin', project_id, run_id, phase, role, item_key, number + 1, session_id
    from harness.attempt where id = $1`;
  await expect(pool.query(twin, [attempt.id])).rejects.toThrow('attempt_one_open_an_item');
});

test('nothing is claimed while the run is held', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1');
  await store.runs.control(run.id, 'pause');
  expect(await claim(store, run)).toBeUndefined();
  await store.runs.control(run.id, null);
  await moveTo(store, run, { status: 'waiting_approval' });
  expect(await claim(store, run)).toBeUndefined();
  await moveTo(store, run, { status: 'running' });
  expect((await claim(store, run))?.item.key).toBe('API-1');
});

test('a claim whose companion fails never happened', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1');
  const before = await eventsOf(store, run);
  const broken = claim(store, run, { also: () => brokenCompanion });
  await expect(broken).rejects.toThrow('no queue');
  expect(await store.items.get(run.projectId, 'API-1')).toMatchObject({ status: 'todo' });
  expect(await eventsOf(store, run)).toEqual(before);
  expect(await store.attempts.list(run.id)).toEqual([]);
});

test('what runs beside a claim sees it, on the same connection', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1');
  const seen: unknown[] = [];
  await claim(store, run, {
    also: () => async (client) => {
      const { rows } = await client.query(
        'select item_key from harness.attempt where run_id = $1',
        [run.id],
      );
      seen.push(...rows);
    },
  });
  expect(seen).toEqual([{ item_key: 'API-1' }]);
});

test('a blocked item leaves the queue and comes back with a clean slate', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1');
  await pool.query('update harness.item set failures = 2 where project_id = $1', [run.projectId]);
  await store.items.block(run.projectId, 'API-1', 'not wanted', 'ada');
  await store.items.block(run.projectId, 'API-1', 'not wanted', 'ada');
  expect(await claim(store, run)).toBeUndefined();
  await store.items.retry(run.projectId, 'API-1', 'ada');
  expect(await claim(store, run)).toMatchObject({ item: { failures: 0, reason: null } });
  expect((await typesOf(store, run)).slice(3)).toEqual([
    'item.blocked',
    'item.returned',
    'item.claimed',
  ]);
});

test('I2 an item tried again while its attempt is still open is not given out twice', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await aClaim(store, run);
  await store.items.block(run.projectId, 'API-1', 'wait', 'ada');
  await store.items.retry(run.projectId, 'API-1', 'ada');
  expect(await store.items.get(run.projectId, 'API-1')).toMatchObject({ status: 'in_progress' });
  expect(await claim(store, run)).toBeUndefined();
});

test('an edit is taken over and told; one that changes nothing is not', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1');
  const change = { title: 'Better', priority: 1 } as const;
  await store.items.edit(run.projectId, 'API-1', change, 'ada');
  await store.items.edit(run.projectId, 'API-1', change, 'ada');
  expect(await store.items.get(run.projectId, 'API-1')).toMatchObject(change);
  expect((await eventsOf(store, run)).slice(3)).toEqual([
    { type: 'item.edited', item: 'API-1', by: 'ada', change: 'title, priority' },
  ]);
  await expect(store.items.edit(run.projectId, 'X', change, 'ada')).rejects.toMatchObject({
    code: 'ITEM_UNKNOWN',
    exit: 2,
  });
});

test('what depends on an item that a person skipped is ready; on a blocked one it is not', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'A-1');
  await store.items.add(run.id, [aDraft({ key: 'B-1', dependencies: ['A-1'] })], 'test');
  await store.items.block(run.projectId, 'A-1', 'red', 'harness');
  expect(await claim(store, run)).toBeUndefined();
  await store.items.retry(run.projectId, 'A-1', 'person');
  await store.items.block(run.projectId, 'A-1', `${SKIPPED}: not wanted`, 'person');
  expect((await claim(store, run))?.item.key).toBe('B-1');
});
