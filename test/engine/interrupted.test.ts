import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeploySettings, Run, RunSettings } from '../../src/domain/run.ts';
import { requestControl, resumeRun } from '../../src/engine/operations.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import type { WorkTracker } from '../../src/work/tracker.ts';
import { aLinearTracker } from '../adapters/trackers/linear/a-linear-tracker.ts';
import { startFakeLinear, type FakeLinear } from '../support/linear/start-fake-linear.ts';
import { aHost, type TestHost } from './a-host.ts';
import {
  answered,
  aRunOf,
  aRunOfItems,
  attemptsOf,
  eventsOf,
  only,
  over,
  reached,
  until,
} from './a-run-under-way.ts';
import { builds, says, type Playing } from './plays.ts';

/** Longest that a stop may take. */
const STOP_MS = 10_000;

let host: TestHost;
let worker: StartedEngine;
let folder: string;
/** Of projects that have one of their own. */
const trackers = new Map<string, WorkTracker>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harness-deployed-'));
  host = await aHost();
  worker = await aWorker();
});
afterAll(async () => {
  await worker.stop();
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function aWorker(): Promise<StartedEngine> {
  const { engineDeps } = host;
  return startEngine({
    ...engineDeps,
    trackerOf: async (run) => trackers.get(run.projectId) ?? engineDeps.trackerOf(run),
  });
}

async function stopped(run: Run): Promise<Run> {
  await requestControl(host, run, 'stop_now');
  return reached(host, run, 'stopped');
}

async function goneOn(run: Run): Promise<Run> {
  await resumeRun(host, run, {});
  return over(host, run);
}

const rolesOf = async (run: Run): Promise<readonly string[]> =>
  (await host.store.attempts.list(run.id)).map(({ role }) => role);

/** Of this role's sessions the first hangs; says what each was told. */
function hangingOnce(role: string) {
  const prompts: string[] = [];
  const play: Playing = async function* hang(scene) {
    if (scene.attempt.role === role) prompts.push(scene.order.prompt);
    if (scene.attempt.role === role && prompts.length === 1) yield { do: 'hang' };
    yield* builds()(scene);
  };
  return { play, prompts };
}

/** Waits until just this session is left open, and has begun. */
const leftAlone = (run: Run, role: string): Promise<true> =>
  until(host, async () => {
    const open = await host.store.attempts.sessions(run.id);
    return open.length === 1 && open[0]?.role === role && open[0].model !== null;
  });

const swarm = only(['ideation'], {}, { pattern: 'swarm', parallel: 3 });

test.concurrent('I6 a stopped swarm keeps what its members gave, and only the missing one works again', async () => {
  const { play } = hangingOnce('edge_cases');
  const run = await aRunOf(host, play, swarm);
  await until(
    host,
    async () => (await host.store.attempts.list(run.id, { open: false })).length === 2,
  );
  await leftAlone(run, 'edge_cases');
  expect(await goneOn(await stopped(run))).toMatchObject({ status: 'completed', generation: 2 });
  const sessions = countOf(await rolesOf(run));
  expect(sessions).toEqual({
    user_requirements: 1,
    technical_feasibility: 1,
    edge_cases: 2,
    synthesis: 1,
  });
});

test.concurrent('I6 the synthesis of a stopped swarm is told of all that was given before', async () => {
  const { play, prompts } = hangingOnce('synthesis');
  const run = await aRunOf(host, play, swarm);
  await leftAlone(run, 'synthesis');
  expect(await goneOn(await stopped(run))).toMatchObject({ status: 'completed' });
  expect(countOf(await rolesOf(run))).toMatchObject({ edge_cases: 1, synthesis: 2 });
  for (const role of ['user_requirements', 'technical_feasibility', 'edge_cases'])
    expect(prompts[1]).toContain(`# From ${role}`);
});

function countOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

const checkpoint: RunSettings = only(
  ['ideation'],
  { autonomy: 'checkpoint' },
  { checkpointPause: true },
);

test.concurrent('I6 what was approved while nobody worked is not made again', async () => {
  const run = await aRunOf(host, builds(), checkpoint);
  await reached(host, run, 'waiting_approval');
  const ended = await stopped(run);
  await answered(host, run, { about: 'ideation', answer: { kind: 'approved', by: 'ada' } });
  expect(await goneOn(ended)).toMatchObject({ status: 'completed' });
  expect(await rolesOf(run)).toEqual(['brainstorm']);
});

test.concurrent('I6 what a person rejected is made anew after a stop too, and still told why', async () => {
  const prompts: string[] = [];
  const again = Promise.withResolvers<void>();
  const run = await aRunOf(host, remembering(prompts, again.promise), checkpoint);
  await reached(host, run, 'waiting_approval');
  const answer = { kind: 'rejected', by: 'ada', reason: 'Say what a cubit is.' } as const;
  await answered(host, run, { about: 'ideation', answer });
  await until(host, async () => prompts.length === 2);
  await resumeRun(host, await stopped(run), {});
  again.resolve();
  await reached(host, run, 'waiting_approval');
  expect(prompts).toHaveLength(3);
  for (const prompt of prompts.slice(1)) expect(prompt).toContain('Say what a cubit is.');
  expect(await attemptsOf(host, run, 'brainstorm')).toHaveLength(3);
  await stopped(run);
});

/** Its second session waits. */
function remembering(prompts: string[], gate: Promise<void>): Playing {
  return async function* remember({ order }) {
    if (prompts.push(order.prompt) === 2) yield { do: 'wait', for: gate };
    yield says('# Requirements');
  };
}

const deploys = (changes: Partial<DeploySettings>): RunSettings =>
  only(['deploy'], {
    deploy: {
      target: 'command',
      command: 'true',
      probe: null,
      rollback: null,
      repeatable: false,
      timeoutMs: 60_000,
      ...changes,
    },
  });

const read = (name: string): Promise<string> =>
  readFile(join(folder, name), 'utf8').catch(() => '');

/** A run whose deployment another process had begun before it died. */
async function cutOff(name: string, repeatable: boolean): Promise<Run> {
  const settings = deploys({ command: `echo begun >>${join(folder, name)}`, repeatable });
  const projectId = await host.project(builds());
  const run = await host.store.runs.create({ id: name, projectId, idea: 'a shop', settings });
  const lost = { attempt: 1, commit: 'c0ffee', execution: 'of a dead process', again: false };
  await host.store.deployments.begin(run, lost);
  return resumeRun(host, run, {});
}

test.concurrent('I6 a deployment that a crash cut off is not run again before somebody says so', async () => {
  const ended = await over(host, await cutOff('crashed', false));
  expect(ended.status).toBe('failed');
  expect(ended.reason).toContain('nobody knows what came of it; look, then `harness resume`');
  expect(await read('crashed')).toBe('');
  expect(await goneOn(ended)).toMatchObject({ status: 'completed' });
  expect(await read('crashed')).toBe('begun\n');
});

test.concurrent('I6 a deployment that may be repeated is, after a crash cut it off', async () => {
  const ended = await over(host, await cutOff('crashed-repeatable', true));
  expect(ended.status).toBe('completed');
  expect(await read('crashed-repeatable')).toBe('begun\n');
});

/** A run whose tracker in Linear says nothing at all, once it was asked. */
async function withSilentTracker(fake: FakeLinear): Promise<Run> {
  const before = fake.log.length;
  fake.faults.order({ kind: 'silence', times: 1000 });
  const run = await aRunOfItems(host, { play: builds(), items: [{ key: 'A-1' }] });
  trackers.set(run.projectId, aLinearTracker(fake, { project: run.projectId }));
  await resumeRun(host, run, {});
  await expect.poll(() => fake.log.length, { timeout: 30_000 }).toBeGreaterThan(before);
  return run;
}

test('I6 a stop ends a deployment within its time, and a resume is a decision of its own', async () => {
  const log = join(folder, 'stopped');
  const command = `echo begun >>${log}; [ "$(wc -l <${log})" = 2 ] || sleep 60`;
  const run = await aRunOf(host, builds(), deploys({ command }));
  await expect.poll(() => read('stopped'), { timeout: 30_000 }).toBe('begun\n');
  const asked = performance.now();
  await requestControl(host, run, 'stop');
  const ended = await reached(host, run, 'stopped');
  expect(performance.now() - asked).toBeLessThan(STOP_MS);
  expect(await goneOn(ended)).toMatchObject({ status: 'completed' });
  expect(await read('stopped')).toBe('begun\nbegun\n');
  const told = (await eventsOf(host, run)).filter(({ type }) => type.startsWith('deploy.'));
  expect(told.map(({ type }) => type)).toEqual([
    'deploy.begun',
    'deploy.failed',
    'deploy.begun',
    'deploy.applied',
  ]);
});

test('I6 a stop ends the checks of the whole product within its time', async () => {
  const mark = join(folder, 'checking');
  const check = `echo begun >>${mark}; [ "$(wc -l <${mark})" = 2 ] || sleep 60`;
  const run = await aRunOf(
    host,
    builds([{ key: 'A-1' }], check),
    only(['task_breakdown', 'testing']),
  );
  await expect.poll(() => read('checking'), { timeout: 30_000 }).toBe('begun\n');
  const asked = performance.now();
  await requestControl(host, run, 'stop_now');
  const ended = await reached(host, run, 'stopped');
  expect(performance.now() - asked).toBeLessThan(STOP_MS);
  expect(await goneOn(ended)).toMatchObject({ status: 'completed' });
  // The tester's report was kept.
  expect(await attemptsOf(host, run, 'tester')).toHaveLength(1);
});

test('I6 a stop does not wait for a tracker that says nothing, which hears all of it later', async () => {
  await using fake = await startFakeLinear();
  const run = await withSilentTracker(fake);
  const asked = performance.now();
  const ended = await stopped(run);
  expect(performance.now() - asked).toBeLessThan(STOP_MS);
  fake.faults.clear();
  expect(await goneOn(ended)).toMatchObject({ status: 'completed' });
  expect(fake.store.all('Issue')).toHaveLength(1);

  // Nor does a worker that leaves.
  await withSilentTracker(fake);
  const left = performance.now();
  await worker.stop();
  expect(performance.now() - left).toBeLessThan(STOP_MS);
  worker = await aWorker();
});
