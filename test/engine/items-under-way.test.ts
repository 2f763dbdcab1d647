import { afterAll, beforeAll, expect, test } from 'vitest';
import { resumeRun } from '../../src/engine/operations.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { drainOutbox } from '../../src/engine/tracker-sync.ts';
import { aHost, type TestHost } from './a-host.ts';
import { anImplementation, aRunOfItems, attemptsOf, over, until } from './a-run-under-way.ts';
import { breaks, builds, writes, type Playing } from './plays.ts';

let host: TestHost;
let worker: StartedEngine;
beforeAll(async () => {
  host = await aHost();
  worker = await startEngine(host.engineDeps);
});
afterAll(async () => {
  await worker.stop();
  await host[Symbol.asyncDispose]();
});

/** Items whose sessions wait for the test; those of other keys do as they should. */
function gated(...keys: readonly string[]) {
  const gates = new Map(keys.map((key) => [key, Promise.withResolvers<void>()]));
  const play: Playing = async function* wait({ attempt: { itemKey } }) {
    const gate = gates.get(itemKey ?? '');
    if (gate !== undefined) yield { do: 'wait', for: gate.promise };
    yield writes(`${itemKey ?? ''}.txt`);
  };
  return { play, open: (key: string) => gates.get(key)?.resolve() };
}

const statuses = async (projectId: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await host.store.items.list(projectId)).map(({ key, status }) => [key, status]),
  );

test.concurrent('I2 so many items are worked on at once as the run allows, each by one', async () => {
  const { play, open } = gated('A-1', 'B-1', 'C-1');
  const items = [{ key: 'A-1', priority: 1 }, { key: 'B-1', priority: 2 }, { key: 'C-1' }];
  const run = await anImplementation(host, { play, items, settings: { parallel: 2 } });
  const begun = async (): Promise<readonly string[]> =>
    (await host.store.attempts.sessions(run.id))
      .filter(({ model }) => model !== null)
      .map(({ itemKey }) => itemKey ?? '')
      .toSorted((a, b) => a.localeCompare(b));
  await until(host, async () => (await begun()).length === 2);
  expect(await begun()).toEqual(['A-1', 'B-1']);
  expect(await statuses(run.projectId)).toMatchObject({ 'C-1': 'todo' });
  open('A-1');
  await until(host, async () => (await begun()).includes('C-1'));
  expect(await statuses(run.projectId)).toMatchObject({ 'B-1': 'in_progress' });
  open('B-1');
  open('C-1');
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(await attemptsOf(host, run, 'coder')).toHaveLength(3);
});

test.concurrent('I9 one stuck item never holds the others', async () => {
  const { play, open } = gated('A-1');
  const items = [
    { key: 'A-1', priority: 1 },
    { key: 'B-1' },
    { key: 'C-1', dependencies: ['B-1'] },
  ];
  const run = await anImplementation(host, { play, items, settings: { parallel: 2 } });
  await until(host, async () => (await statuses(run.projectId))['C-1'] === 'done');
  expect(await statuses(run.projectId)).toEqual({
    'A-1': 'in_progress',
    'B-1': 'done',
    'C-1': 'done',
  });
  open('A-1');
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
});

const stubborn: Playing = async function* asks(scene) {
  const { order } = scene;
  if (scene.attempt.itemKey !== 'A-1') return yield* builds()(scene);
  for (;;)
    yield {
      do: 'tool',
      name: 'Bash',
      work: async () => {
        const reason = 'Bash policy, command: `hugo` is not allowed: security.extra_commands.';
        order.onRefused?.({ tool: 'Bash', input: { command: 'hugo build' }, reason });
        return 'refused';
      },
    };
};

test.concurrent('R-154 an item whose agent is refused the same three times is blocked at once, with rule and setting', async () => {
  const items = [{ key: 'A-1', priority: 1 }, { key: 'B-1' }];
  const run = await anImplementation(host, { play: stubborn, items });
  const ended = await over(host, run);
  expect(ended).toMatchObject({ status: 'failed' });
  const reason =
    'Bash `hugo build` was refused 3 times: Bash policy, command: `hugo` is not allowed: security.extra_commands.';
  expect(ended.reason).toContain(`A-1 is blocked: ${reason}`);
  expect(await statuses(run.projectId)).toEqual({ 'A-1': 'blocked', 'B-1': 'done' });
  const tries = await attemptsOf(host, run, 'coder');
  expect(tries.filter(({ itemKey }) => itemKey === 'A-1')).toMatchObject([
    { end: { status: 'failed', code: 'refused_calls', reason } },
  ]);
});

const failing: Playing = async function* fails(scene) {
  yield* scene.attempt.itemKey === 'A-1' ? [breaks('no idea')] : builds()(scene);
};

test.concurrent('I3 I9 an item that keeps failing is blocked with its reason, and the others are done', async () => {
  const items = [{ key: 'A-1', priority: 1 }, { key: 'B-1' }];
  const settings = { itemMaxAttempts: 2, maxConsecutiveErrors: 9 };
  const run = await anImplementation(host, { play: failing, items, settings });
  const ended = await over(host, run);
  expect(ended).toMatchObject({ status: 'failed' });
  expect(ended.reason).toContain('A-1 is blocked: no idea');
  expect(await statuses(run.projectId)).toEqual({ 'A-1': 'blocked', 'B-1': 'done' });
  expect(await attemptsOf(host, run, 'coder')).toHaveLength(3);
});

test.concurrent('I9 what people began in the tracker is left to them, and the run waits for them at its end', async () => {
  const items = [
    { key: 'A-1', priority: 1 },
    { key: 'B-1', dependencies: ['A-1'] },
    { key: 'C-1', priority: 4 },
  ];
  const run = await aRunOfItems(host, { play: builds(), items });
  await drainOutbox(host.engineDeps, run);
  const puts = (status: string): Promise<unknown> =>
    host.pool.query(
      `update harness.tracker_item set status = $1 where project_id = $2 and key = 'A-1'`,
      [status, run.projectId],
    );
  await puts('in_progress');
  expect(await over(host, await resumeRun(host, run, {}))).toMatchObject({
    status: 'limited',
    reason: 'people work on what is left in the tracker: A-1',
  });
  expect(await statuses(run.projectId)).toEqual({ 'A-1': 'blocked', 'B-1': 'todo', 'C-1': 'done' });
  await puts('todo');
  const parked = await host.store.runs.get(run.id);
  if (parked === undefined) throw new Error('the run is gone');
  expect(await over(host, await resumeRun(host, parked, {}))).toMatchObject({
    status: 'completed',
  });
  expect(await attemptsOf(host, run, 'coder')).toHaveLength(3);
});

test('I1 I9 the agent of an item that a person skips is ended, and what it wrote is kept', async () => {
  const written = Promise.withResolvers<void>();
  const play: Playing = async function* never({ attempt: { itemKey } }) {
    yield writes(`${itemKey ?? ''}.txt`);
    if (itemKey !== 'A-1') return;
    written.resolve();
    yield { do: 'hang' };
  };
  const items = [
    { key: 'A-1', priority: 1 },
    { key: 'B-1', dependencies: ['A-1'] },
  ];
  const run = await anImplementation(host, { play, items });
  await written.promise;
  const asked = performance.now();
  await host.store.items.block(run.projectId, 'A-1', 'skipped by a person', 'ada');
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(performance.now() - asked).toBeLessThan(30_000);
  const [attempt] = await attemptsOf(host, run, 'coder');
  expect(attempt?.itemKey).toBe('A-1');
  expect(attempt?.end).toMatchObject({ status: 'aborted' });
  expect(await statuses(run.projectId)).toMatchObject({ 'A-1': 'blocked', 'B-1': 'done' });
  const hub = await host.hubOf({ id: run.projectId });
  const [rescue] = await hub.listRescues();
  expect(rescue?.files).toBe(1);
});
