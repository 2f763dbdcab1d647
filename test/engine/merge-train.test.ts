import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HarnessEvent } from '../../src/domain/event.ts';
import type { Run } from '../../src/domain/run.ts';
import { createTrains, type Trains, type Way } from '../../src/engine/attempt/train.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import { anImplementation, eventsOf, over, until } from './a-run-under-way.ts';
import { writes, type Playing } from './plays.ts';

/** The first proof of each project leaves the train only once another one has been built on it. */
interface Meeting {
  readonly led: PromiseWithResolvers<void>;
  readonly followed: PromiseWithResolvers<void>;
}
const meetings = new Map<string, Meeting>();

/** How the proofs of a project joined that is always overtaken while it can be. */
const luckless = new Map<string, Way[]>();

const line = createTrains({ width: 2, patienceMs: 60_000 });
const trains: Trains = {
  async join(projectId, joining) {
    const place = await line.join(projectId, joining);
    const ways = luckless.get(projectId);
    if (ways !== undefined) {
      ways.push(joining.how);
      return joining.how === 'alone' ? place : { ...place, inVain: AbortSignal.abort() };
    }
    const known = meetings.get(projectId);
    if (known !== undefined) {
      if (place.ahead !== undefined) known.followed.resolve();
      return place;
    }
    const meeting = {
      led: Promise.withResolvers<void>(),
      followed: Promise.withResolvers<void>(),
    };
    meetings.set(projectId, meeting);
    return {
      ...place,
      build(commit) {
        place.build(commit);
        meeting.led.resolve();
      },
      leave: (came) => void meeting.followed.promise.then(() => place.leave(came)),
    };
  },
};

let host: TestHost;
let worker: StartedEngine;
beforeAll(async () => {
  host = await aHost({ trains });
  worker = await startEngine(host.engineDeps);
});
afterAll(async () => {
  await worker.stop();
  await host[Symbol.asyncDispose]();
});

/** A-1 leads; B-1 hands its work in once the proof of A-1 is under way. */
async function aLedRun(leaderWrites: (attempt: number) => string | null): Promise<Run> {
  const play: Playing = async function* works({ attempt: { itemKey, number, projectId } }) {
    const file = itemKey === 'A-1' ? leaderWrites(number) : null;
    if (file !== null) yield writes(file);
    if (itemKey !== 'B-1') return;
    await (
      await until(host, async () => meetings.get(projectId))
    ).led.promise;
    yield writes('B-1.txt');
  };
  const items = [
    { key: 'A-1', priority: 1 },
    { key: 'B-1', priority: 2 },
  ];
  const run = await anImplementation(host, { play, items, settings: { parallel: 2 } });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  return run;
}

async function filesOf(run: Run, commit: string): Promise<readonly string[]> {
  const hub = await host.hubOf({ id: run.projectId });
  return (await hub.files(commit)).paths;
}

type Of<T extends HarnessEvent['type']> = Extract<HarnessEvent, { type: T }>;

async function told<T extends HarnessEvent['type']>(run: Run, type: T): Promise<readonly Of<T>[]> {
  const events = await eventsOf(host, run);
  return events.filter((event): event is Of<T> => event.type === type);
}

test.concurrent('I3 what was judged on the merge of the one ahead becomes main right behind it', async () => {
  const run = await aLedRun(() => 'A-1.txt');
  expect(await told(run, 'merge.repeated')).toEqual([]);
  const [one, two] = await told(run, 'main.moved');
  expect([one?.cause, two?.cause]).toEqual(['A-1', 'B-1']);
  expect(two?.from).toBe(one?.to);
  const judged = (await told(run, 'checks.run')).find(({ subject }) => subject.item === 'B-1');
  expect(await filesOf(run, judged?.tree ?? '')).toEqual(
    expect.arrayContaining(['A-1.txt', 'B-1.txt']),
  );
});

test.concurrent('I3 nothing of what failed ahead comes to main with the one behind it', async () => {
  const run = await aLedRun((attempt) => (attempt === 1 ? 'wrong.txt' : 'A-1.txt'));
  const repeated = await told(run, 'merge.repeated');
  expect(repeated.map(({ subject }) => subject.item)).toEqual(['B-1']);
  for (const { to } of await told(run, 'main.moved'))
    expect(await filesOf(run, to)).not.toContain('wrong.txt');
  const head = await (await host.hubOf({ id: run.projectId })).head();
  expect(await filesOf(run, head)).toEqual(expect.arrayContaining(['A-1.txt', 'B-1.txt']));
});

test.concurrent('I3 whoever is behind one that changed nothing is judged once, on main as it is', async () => {
  const run = await aLedRun((attempt) => (attempt === 1 ? null : 'A-1.txt'));
  const judged = (await told(run, 'checks.run')).filter(({ subject }) => subject.item === 'B-1');
  expect(judged.map(({ evidence }) => evidence.map(({ verdict }) => verdict))).toEqual([
    ['passed'],
  ]);
  expect(await told(run, 'merge.repeated')).toEqual([]);
});

test.concurrent('I9 a proof that was overtaken three times takes the way for itself', async () => {
  const play: Playing = async function* works({ attempt: { projectId } }) {
    if (!luckless.has(projectId)) luckless.set(projectId, []);
    yield writes('A-1.txt');
  };
  const run = await anImplementation(host, { play, items: [{ key: 'A-1' }] });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(luckless.get(run.projectId)).toEqual(['behind', 'behind', 'behind', 'alone']);
  expect(await told(run, 'merge.repeated')).toHaveLength(3);
});
