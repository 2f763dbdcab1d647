import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openMemoryTracker } from '../../src/adapters/trackers/memory.ts';
import { HarnessError } from '../../src/domain/errors.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Engine } from '../../src/engine/deps.ts';
import { drainOutbox, takeOverChanges } from '../../src/engine/tracker-sync.ts';
import { outlastTracker } from '../../src/engine/tracker-trouble.ts';
import type { ClaimedItem } from '../../src/work/run-store.ts';
import type { WorkTracker } from '../../src/work/tracker.ts';
import {
  addItems,
  aDraft,
  aRun,
  aStore,
  claim,
  DONE,
  ORDER,
  SERVER_START_MS,
  type TestStore,
} from '../adapters/store/a-store.ts';
import { newItem } from '../contracts/tracker-given.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

let run: Run;
let tracker: WorkTracker;
const deps = () => ({ store: tested.store, trackerOf: async () => tracker });

async function told(): Promise<void> {
  await drainOutbox(deps(), run);
}

async function itemNow(key = 'API-1') {
  const { status, reason, title } = (await tested.store.items.get(run.projectId, key)) ?? {};
  return { status, reason, title };
}

beforeEach(async () => {
  tracker = openMemoryTracker();
  run = await aRun(tested.store);
  await addItems(tested.store, run, 'API-1');
  await told();
});

describe('what people change in the tracker', () => {
  test('nothing is nothing', async () => {
    expect(await takeOverChanges(deps(), run)).toBe(false);
  });

  test('a new title and priority are taken over', async () => {
    await tracker.edit('API-1', { title: 'Theirs', priority: 1 });
    expect(await takeOverChanges(deps(), run)).toBe(true);
    expect(await itemNow()).toMatchObject({ status: 'todo', title: 'Theirs' });
    expect(await takeOverChanges(deps(), run)).toBe(false);
  });

  test('cancelled is skipped, also while an agent works on it', async () => {
    await claim(tested.store, run);
    await told();
    await tracker.edit('API-1', { cancelled: true });
    expect(await takeOverChanges(deps(), run)).toBe(true);
    expect(await itemNow()).toMatchObject({
      status: 'blocked',
      reason: 'skipped by a person: cancelled in the tracker',
    });
    await told();
    expect(await takeOverChanges(deps(), run)).toBe(false);
    await tracker.edit('API-1', { cancelled: false });
    expect(await takeOverChanges(deps(), run)).toBe(true);
    expect((await itemNow()).status).toBe('in_progress');
  });

  test("a person's done is theirs: the item is skipped, and what needs it goes on", async () => {
    const held = await tracker.claim('API-1', 'a person');
    if (held !== undefined) await tracker.finish(held, 'done');
    expect(await takeOverChanges(deps(), run)).toBe(true);
    expect((await itemNow()).reason).toBe('skipped by a person: marked as done in the tracker');
    await told();
    expect((await tracker.get('API-1')).status).toBe('done');
  });

  test('moved to blocked, and back', async () => {
    await tracker.move('API-1', 'blocked');
    await takeOverChanges(deps(), run);
    expect(await itemNow()).toMatchObject({ status: 'blocked', reason: 'blocked in the tracker' });
    await told();
    expect(await takeOverChanges(deps(), run)).toBe(false);
    await tracker.move('API-1', 'todo');
    await takeOverChanges(deps(), run);
    expect((await itemNow()).status).toBe('todo');
  });

  test('what the harness did itself and has not told yet is no word of people', async () => {
    await tested.store.items.block(run.projectId, 'API-1', 'no', 'person');
    expect(await takeOverChanges(deps(), run)).toBe(false);
    expect((await itemNow()).status).toBe('blocked');
  });
});

/** The tracker, where a person is faster than the first claim that was decided. */
function whenTaken(isFaster: () => Promise<unknown>): void {
  const before = tracker;
  let once = false;
  tracker = Object.assign({}, tracker, {
    async take(key: string, owner: string) {
      if (!once) await isFaster();
      once = true;
      return before.take(key, owner);
    },
  });
}

async function claimed(): Promise<ClaimedItem> {
  const given = await claim(tested.store, run);
  if (given === undefined) throw new Error('nothing was given out');
  return given;
}

async function done({ attempt: { id } }: ClaimedItem): Promise<void> {
  const fence = await tested.store.attempts.takeFence(id, 'worker-1');
  if (fence === undefined) throw new Error('no fence');
  await tested.store.attempts.close(fence, DONE, ORDER);
}

const fails = (code: string, until?: string) => (): Promise<void> =>
  Promise.reject(Object.assign(new HarnessError(code, `${code} here`), { until }));

describe('what the store decided', () => {
  test('API-2 depends on a skipped API-1: both agree at the end', async () => {
    const behind = { key: 'API-2', dependencies: ['API-1'] };
    await tested.store.items.add(run.id, [aDraft(behind)], 'task_breakdown');
    await told();
    await tracker.edit('API-1', { cancelled: true });
    await takeOverChanges(deps(), run);
    const given = await claimed();
    await told();
    expect(await tracker.get('API-2')).toMatchObject({
      status: 'in_progress',
      claim: { owner: given.attempt.id },
    });
    await done(given);
    await told();
    expect(await tracker.get('API-2')).toMatchObject({ status: 'done', claim: null });
    expect((await itemNow('API-2')).status).toBe('done');
    expect(await takeOverChanges(deps(), run)).toBe(false);
  });

  test('what a person blocked or took while it was done is done there, too', async () => {
    const given = await claimed();
    await told();
    const held = (await tracker.get('API-1')).claim;
    if (held !== null) await tracker.release(held);
    await tracker.move('API-1', 'blocked');
    await done(given);
    whenTaken(async () => {
      await tracker.move('API-1', 'todo');
      expect(await tracker.claim('API-1', 'a person')).toBeDefined();
    });
    await told();
    expect(await tracker.get('API-1')).toMatchObject({ status: 'done', claim: null });
  });

  test('one that others keep claiming waits to be told, and is not ticked off', async () => {
    const given = await claimed();
    await told();
    await done(given);
    const theirs = tracker;
    tracker = Object.assign({}, tracker, { finish: fails('CLAIM_LOST') });
    await expect(told()).rejects.toMatchObject({ code: 'TRACKER_BUSY' });
    expect(await tested.store.outbox.pending(run.projectId, 5)).toMatchObject([
      { op: { op: 'finish', status: 'done' } },
    ]);
    tracker = theirs;
    await told();
    expect((await tracker.get('API-1')).status).toBe('done');
  });

  test('an agent at work goes on when a person tries its item again, and its end is told', async () => {
    const given = await claimed();
    await tested.store.items.block(run.projectId, 'API-1', 'no', 'person');
    await told();
    await tested.store.items.retry(run.projectId, 'API-1', 'person');
    await told();
    expect(await tracker.get('API-1')).toMatchObject({ claim: { owner: given.attempt.id } });
    await done(given);
    await told();
    expect((await tracker.get('API-1')).status).toBe('done');
  });
});

test('an item that people deleted is asked for now and then, not at each look', async () => {
  const empty = openMemoryTracker();
  let asked = 0;
  tracker = Object.assign({}, empty, {
    get: (key: string) => {
      asked += 1;
      return empty.get(key);
    },
  });
  const missing = new Map<string, number>();
  for (const now of [0, 15_000, 30_000, 599_000])
    await takeOverChanges(deps(), run, { missing, now });
  expect(asked).toBe(1);
  await takeOverChanges(deps(), run, { missing, now: 600_000 });
  expect(asked).toBe(2);
  await tracker.create([{ ...newItem({ key: 'API-1' }), title: 'Back' }]);
  await takeOverChanges(deps(), run, { missing, now: 615_000 });
  expect((await itemNow()).title).toBe('Back');
});

const now = (): Promise<Run | undefined> => tested.store.runs.get(run.id);

describe('a tracker in trouble', () => {
  let said: string[];
  let clock: { wall: number; monotonic: number };
  const engineOf = (): Engine => {
    const engine = {
      deps: {
        ...deps(),
        log: (line: string) => said.push(line),
        clock: { now: () => clock.wall, monotonic: () => clock.monotonic },
      },
      trackers: new Map(),
    };
    // What the rule looks at, and no more.
    return Object.assign(Object.create(null), engine);
  };

  beforeEach(() => {
    said = [];
    clock = { wall: Date.now(), monotonic: 0 };
  });

  test('one that does not answer is waited for, and told once', async () => {
    const engine = engineOf();
    for (let round = 0; round < 3; round += 1)
      await outlastTracker(engine, run, fails('TRACKER_UNREACHABLE'));
    expect(said).toEqual(['tracker: TRACKER_UNREACHABLE here']);
    expect((await now())?.control).toBeNull();
    clock.monotonic += run.settings.maxLimitWaitMs + 1;
    await outlastTracker(engine, run, fails('TRACKER_UNREACHABLE'));
    expect(await now()).toMatchObject({ control: 'park', reason: 'TRACKER_UNREACHABLE here' });
  });

  test('a limit that ends later than the run may wait parks it at once', async () => {
    const soon = new Date(clock.wall + 1000).toISOString();
    await outlastTracker(engineOf(), run, fails('TRACKER_LIMITED', soon));
    expect((await now())?.control).toBeNull();
    const late = new Date(clock.wall + run.settings.maxLimitWaitMs + 1000).toISOString();
    await outlastTracker(engineOf(), run, fails('TRACKER_LIMITED', late));
    expect((await now())?.control).toBe('park');
  });

  test.each(['TRACKER_DAMAGED', 'TRACKER_FULL', 'TRACKER_REFUSED', 'TRACKER_MISPLACED'])(
    '%s needs a person and parks the run',
    async (code) => {
      await outlastTracker(engineOf(), run, fails(code));
      expect(await now()).toMatchObject({ control: 'park', reason: `${code} here` });
    },
  );

  test('a refused key parks it as a refused credential', async () => {
    await outlastTracker(engineOf(), run, fails('TRACKER_DENIED'));
    expect((await now())?.reason).toBe('credential refused: TRACKER_DENIED here');
  });

  test('any other failure is not taken for one of the tracker', async () => {
    await expect(outlastTracker(engineOf(), run, fails('CLAIM_LOST'))).rejects.toThrow(
      /CLAIM_LOST/,
    );
  });
});
