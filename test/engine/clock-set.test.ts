import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { phaseId, SETTLED_TOPIC } from '../../src/engine/names.ts';
import { elapsed } from '../../src/engine/outwait.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import { aRunOf, anImplementation, eventsOf, only, over, until } from './a-run-under-way.ts';
import { breaks, builds, except, writes, type Playing } from './plays.ts';

const HOUR_MS = 3_600_000;

let host: TestHost;
let worker: StartedEngine;
beforeAll(async () => {
  host = await aHost();
  worker = await startEngine(host.engineDeps);
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await worker.stop();
  await host[Symbol.asyncDispose]();
});

/** The clock of the day, here and in the engine's library; timers go on as they are. */
function setBack(ms: number): void {
  const now = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => now() - ms);
}

// About 8 s: one look of a queue that nobody hurries.
test('I6 a wait, and a run that another process begins, last no longer when the clock is set back by an hour', async () => {
  let left = 1;
  const once: Playing = except('brainstorm', async function* play(scene) {
    left -= 1;
    yield* left >= 0 ? [breaks('the model went away')] : builds()(scene);
  });
  const settings = only(['ideation'], { retryDelayMs: 1500, maxConsecutiveErrors: 9 });
  const waiting = await aRunOf(host, once, settings);
  await until(host, async () =>
    (await eventsOf(host, waiting)).some(({ type }) => type === 'phase.retried'),
  );
  setBack(HOUR_MS);
  expect(await over(host, waiting)).toMatchObject({ status: 'completed' });
  const begun = await aRunOf(host, builds(), settings);
  expect(await over(host, begun)).toMatchObject({ status: 'completed' });
});

/** Whether the phase was told that its time is over, and looked whether it is. */
async function looksAtTime(runId: string): Promise<boolean> {
  const { rowCount } = await host.pool.query(
    `select 1 from dbos.operation_outputs where function_name = 'late' and workflow_uuid like $1`,
    [`%${runId}%`],
  );
  return rowCount === 1;
}

test('I6 a phase keeps its time when the clock is set forth by an hour', async () => {
  const gate = Promise.withResolvers<void>();
  const play: Playing = async function* wait({ attempt: { itemKey } }) {
    if (itemKey === 'B-1') yield { do: 'wait', for: gate.promise };
    yield writes(`${itemKey ?? ''}.txt`);
  };
  const items = [{ key: 'A-1' }, { key: 'B-1' }];
  const run = await anImplementation(host, { play, items });
  await until(
    host,
    async () => (await host.store.items.get(run.projectId, 'A-1'))?.status === 'done',
  );
  setBack(-HOUR_MS);
  await host.client.send(phaseId(run, 'implement', 1), 'look', SETTLED_TOPIC);
  const looked = (): Promise<boolean> => looksAtTime(run.id);
  await expect.poll(looked, { timeout: 40_000, interval: 500 }).toBe(true);
  gate.resolve();
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  // One whose time was over is tried once more, and completes then.
  expect((await eventsOf(host, run)).map(({ type }) => type)).not.toContain('phase.retried');
});

const [MINUTE_MS, LOOK_MS] = [60_000, 30_000];

// What the clocks do while one timer after the other runs out: the day's, and the one that is never set.
test.each([
  [
    'nothing happens',
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  ],
  [
    'it is set back by an hour',
    [
      [1, 1],
      [-120, 1],
      [1, 1],
    ],
  ],
  [
    'it is set forth by an hour',
    [
      [1, 1],
      [120, 1],
    ],
  ],
  ['the machine sleeps for an hour', [[120, 0]]],
])('a wait of a minute and a half is over after this: %s', async (_name, looks) => {
  const gone = { day: 0, steady: 0 };
  const clock = { now: () => gone.day, monotonic: () => gone.steady };
  const left = [...looks];
  await elapsed(clock, 1.5 * MINUTE_MS, async (ms) => {
    expect(ms).toBeLessThanOrEqual(LOOK_MS);
    const [day = 0, steady = 0] = left.shift() ?? [Infinity, 0];
    gone.day += day * LOOK_MS;
    gone.steady += steady * LOOK_MS;
  });
  expect(left).toEqual([]);
  expect(gone.day).not.toBe(Infinity);
});
