import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HarnessError } from '../../src/domain/errors.ts';
import type { Run } from '../../src/domain/run.ts';
import { createTrains, type Trains } from '../../src/engine/attempt/train.ts';
import { requestControl, resumeRun } from '../../src/engine/operations.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import {
  anImplementation,
  answered,
  attemptsOf,
  eventsOf,
  over,
  reached,
  until,
} from './a-run-under-way.ts';
import { builds, writes, type Playing } from './plays.ts';

/** What proofs wait for before they begin; by project. */
const held = new Map<string, Promise<void>>();
/** How often proofs have begun; by project, where they meet the death of the process that starts programs. */
const killed = new Map<string, number>();
const line = createTrains({ width: 1, patienceMs: 20_000 });
const trains: Trains = {
  async join(projectId, how) {
    await held.get(projectId);
    const times = killed.get(projectId);
    if (times !== undefined) killed.set(projectId, times + 1);
    if (times === 0) throw new HarnessError('LAUNCHER_ENDED', 'it was killed');
    return line.join(projectId, how);
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

/** A run of one item whose work is handed in; its proof begins when it is let go. */
async function aRunBeforeItsProof(): Promise<{ readonly run: Run; readonly go: () => void }> {
  const { promise, resolve: go } = Promise.withResolvers<void>();
  const play: Playing = async function* works(scene) {
    held.set(scene.attempt.projectId, promise);
    yield* builds()(scene);
  };
  const run = await anImplementation(host, { play, items: [{ key: 'A-1' }] });
  const hub = await host.hubOf({ id: run.projectId });
  await until(host, async () => {
    const [attempt] = await attemptsOf(host, run, 'coder');
    return attempt !== undefined && (await hub.workOf(attempt.id)) !== undefined;
  });
  return { run, go };
}

const mainOf = async (run: Run): Promise<string> =>
  (await host.hubOf({ id: run.projectId })).head();

test.concurrent('I10 an item that a person skips while it is proved does not come to main afterwards', async () => {
  const { run, go } = await aRunBeforeItsProof();
  const before = await mainOf(run);
  await host.store.items.block(run.projectId, 'A-1', 'skipped by a person', 'ada');
  go();
  await over(host, run);
  expect(await mainOf(run)).toBe(before);
  const [attempt] = await attemptsOf(host, run, 'coder');
  expect(attempt?.end).toMatchObject({
    status: 'aborted',
    reason: expect.stringContaining('person'),
  });
});

test.concurrent('I10 a run that a person stops while an item is proved leaves main alone', async () => {
  const { run, go } = await aRunBeforeItsProof();
  const before = await mainOf(run);
  await requestControl(host, run, 'stop');
  go();
  expect(await over(host, run)).toMatchObject({ status: 'stopped' });
  expect(await mainOf(run)).toBe(before);
  expect((await host.store.items.get(run.projectId, 'A-1'))?.status).toBe('todo');
});

test.concurrent('what killed executions left of their gates is gone by the end of the run', async () => {
  const { run, go } = await aRunBeforeItsProof();
  const [attempt] = await attemptsOf(host, run, 'coder');
  const gates = dirname(host.workshopDeps.paths.gateOf(run.projectId, 'any'));
  const left = [`${attempt?.id}-${(attempt?.fence ?? 0) - 1}`, `${run.id}-regression`];
  for (const name of left) {
    mkdirSync(join(gates, name, 'deep'), { recursive: true });
    writeFileSync(join(gates, name, 'deep/file'), 'left');
  }
  go();
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(readdirSync(gates)).toEqual([]);
});

const PREPARE = { services: [], env: {}, secrets: [] };

test.concurrent('I9 an item whose environment cannot be prepared is blocked with the cause, and no session is begun', async () => {
  let played = 0;
  const play: Playing = async function* counts(scene) {
    played += 1;
    yield* builds()(scene);
  };
  const command = 'echo "error: no such package: left-pad" >&2; exit 3';
  const run = await anImplementation(host, {
    play,
    items: [{ key: 'A-1' }],
    settings: {
      itemMaxAttempts: 2,
      environment: { ...PREPARE, prepare: { command, inputs: ['README.md'] } },
    },
  });
  const ended = await over(host, run);
  expect(ended).toMatchObject({ status: 'failed' });
  const item = await host.store.items.get(run.projectId, 'A-1');
  expect(item).toMatchObject({ status: 'blocked', failures: 2 });
  const [reason = ''] = item?.reason?.split('\n') ?? [];
  expect(reason).toContain('error: no such package: left-pad');
  expect(reason).toContain('harness items retry');
  expect(played).toBe(0);
});

test.concurrent('an environment that fails once is prepared again for the next try', async () => {
  const mark = join(dirname(host.workshopDeps.paths.socketOf('any')), 'mark');
  const command = `test -f ${mark} || { touch ${mark}; exit 1; }; touch made`;
  const environment = { ...PREPARE, prepare: { command, inputs: ['README.md'] } };
  const run = await anImplementation(host, {
    play: builds(),
    items: [{ key: 'A-1' }],
    settings: { environment },
  });
  // What was installed is there, and nothing else that the tree does not have.
  await host.store.runs.setProjectCheck(run.id, 'test -f made && test ! -e .git');
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const ends = (await attemptsOf(host, run, 'coder')).map(({ end }) => end?.status);
  expect(ends).toEqual(['failed', 'succeeded']);
});

test.concurrent('I4 a refused change is told to the next session; the same one again is refused unasked; an allowed one needs no session', async () => {
  const prompts: string[] = [];
  const play: Playing = async function* meddles({ attempt, order }) {
    prompts.push(order.prompt);
    yield writes('.npmrc', attempt.number < 3 ? 'registry=a\n' : 'registry=b\n');
    yield writes('A-1.txt');
  };
  const items = [{ key: 'A-1' }, { key: 'B-1' }];
  const settings = { retryDelayMs: 0 };
  const other: Playing = (scene) => (scene.attempt.itemKey === 'A-1' ? play : builds())(scene);
  const run = await anImplementation(host, { play: other, items, settings });
  await reached(host, run, 'waiting_approval');
  expect((await host.store.items.get(run.projectId, 'B-1'))?.status).toBe('done');
  const rejected = { kind: 'rejected', by: 'ada', reason: 'Ours is the usual one.' } as const;
  const first = await answered(host, run, { about: 'A-1', answer: rejected });
  const second = await until(host, async () => (await host.store.approvals.pending(run.id))[0]);
  expect(second.stateHash).not.toBe(first.stateHash);
  await reached(host, run, 'waiting_approval');
  await requestControl(host, run, 'stop');
  await resumeRun(host, await reached(host, run, 'stopped'), {});
  await reached(host, run, 'waiting_approval');
  const edited = { kind: 'edited', by: 'ada', text: 'x' } as const;
  await expect(answered(host, run, { about: 'A-1', answer: edited })).rejects.toMatchObject({
    code: 'EDIT_REFUSED',
  });
  const approved = { kind: 'approved', by: 'ada' } as const;
  await answered(host, run, { about: 'A-1', answer: approved });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(prompts).toHaveLength(3);
  expect(prompts[1]).toContain('Ours is the usual one.');
  const hub = await host.hubOf({ id: run.projectId });
  expect(await hub.readFile(await hub.head(), '.npmrc')).toBe('registry=b\n');
  const ends = (await attemptsOf(host, run, 'coder')).filter(({ itemKey }) => itemKey === 'A-1');
  expect(ends.map(({ end }) => end?.status)).toEqual(['asked', 'failed', 'asked', 'succeeded']);
  const asked = (await eventsOf(host, run)).filter(({ type }) => type === 'approval.asked');
  expect(asked).toHaveLength(2);
});

test.concurrent('I6 a proof whose programs die with the process that starts them is made again, and counts as no failure', async () => {
  const play: Playing = async function* works(scene) {
    killed.set(scene.attempt.projectId, 0);
    yield* builds()(scene);
  };
  const run = await anImplementation(host, { play, items: [{ key: 'A-1' }] });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(killed.get(run.projectId)).toBe(2);
  const attempts = await attemptsOf(host, run, 'coder');
  expect(attempts.map(({ end }) => end?.status)).toEqual(['succeeded']);
});

test('a stop ends the preparation of an environment within ten seconds', async () => {
  const begun = join(dirname(host.workshopDeps.paths.socketOf('any')), 'begun');
  const command = `touch ${begun}; sleep 300`;
  const environment = { ...PREPARE, prepare: { command, inputs: ['README.md'] } };
  const run = await anImplementation(host, {
    play: builds(),
    items: [{ key: 'A-1' }],
    settings: { environment, checkTimeoutMs: 300_000 },
  });
  await until(host, async () => readdirSync(dirname(begun)).includes('begun'));
  const asked = performance.now();
  await requestControl(host, run, 'stop');
  expect(await over(host, run)).toMatchObject({ status: 'stopped' });
  expect(performance.now() - asked).toBeLessThan(10_000);
  const [attempt] = await attemptsOf(host, run, 'coder');
  expect(attempt?.end).toMatchObject({ status: 'aborted' });
});
