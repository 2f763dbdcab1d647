import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSnapshot } from '../../src/delivery/snapshot.ts';
import { PHASES, type PhaseName } from '../../src/domain/phase.ts';
import { ENDED, type Run } from '../../src/domain/run.ts';
import { whyRun } from '../../src/domain/why.ts';
import { decide } from '../../src/engine/decide.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { load } from '../config/load.ts';
import { aPhase, runWith, SETTINGS } from '../support/a-run.ts';
import { aHost, type TestHost } from './a-host.ts';
import {
  anImplementation,
  answered,
  aRunOf,
  attemptsOf,
  eventsOf,
  only,
  over,
  reached,
  until,
} from './a-run-under-way.ts';
import { breaks, builds, except, says, writes, type Playing } from './plays.ts';

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

const rolesOf = async (run: Run): Promise<readonly string[]> =>
  (await host.store.attempts.list(run.id)).map(({ role }) => role);

/** What the sessions of each role were asked. */
function listening(play: Playing = builds()) {
  const prompts = new Map<string, string>();
  const heard: Playing = (scene) => {
    prompts.set(scene.attempt.role, scene.order.prompt);
    return play(scene);
  };
  return { play: heard, prompts };
}

const PLANNED: readonly PhaseName[] = ['ideation', 'architecture', 'task_breakdown'];

test.concurrent('R-043 R-113 R-116 a run waits after a planning phase only with its pause, and only with autonomy checkpoint', async () => {
  const ways = [
    { autonomy: 'checkpoint', paused: ['ideation', 'task_breakdown'] },
    { autonomy: 'checkpoint', paused: ['architecture'] },
    { autonomy: 'full', paused: PLANNED },
  ] as const;
  const look = async ({ autonomy, paused }: (typeof ways)[number]) => {
    const asked = await phasesAskedAbout(autonomy, paused);
    expect(asked).toEqual(autonomy === 'full' ? [] : paused);
  };
  for (const way of ways) await look(way);
});

/** Agrees to whatever a run of all planning phases asks; nobody works meanwhile. */
async function phasesAskedAbout(
  autonomy: 'checkpoint' | 'full',
  paused: readonly PhaseName[],
): Promise<readonly PhaseName[]> {
  const settings = only(PLANNED, { autonomy });
  const of = (name: PhaseName) => ({
    ...settings.phases[name],
    checkpointPause: paused.includes(name),
  });
  const [ideation, architecture] = [of('ideation'), of('architecture')];
  const phases = {
    ...settings.phases,
    ideation,
    architecture,
    task_breakdown: of('task_breakdown'),
  };
  const run = await aRunOf(host, builds(), { ...settings, phases });
  const asked: PhaseName[] = [];
  const halt = () => reached(host, run, 'waiting_approval', ...ENDED);
  let there = await halt();
  for (; there.status === 'waiting_approval'; there = await halt()) {
    const [question] = await host.store.approvals.pending(run.id);
    if (question === undefined) continue;
    asked.push(question.phase);
    expect(await host.store.attempts.sessions(run.id)).toEqual([]);
    await answered(host, run, { about: question.phase, answer: { kind: 'approved', by: 'ada' } });
  }
  expect(there.status).toBe('completed');
  return asked;
}

test.concurrent('R-046 R-047 each planning phase is told what the one before it wrote', async () => {
  const { play, prompts } = listening();
  const run = await aRunOf(host, play, only(PLANNED));
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(prompts.get('brainstorm')).toContain('a shop');
  expect(prompts.get('architect')).toContain('# From brainstorm');
  expect(prompts.get('planner')).toContain('# From architect');
});

test.concurrent('R-114 a phase that is off is skipped, and the next one still has its input', async () => {
  const { play, prompts } = listening();
  const run = await aRunOf(host, play, only(['ideation', 'task_breakdown']));
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const states = await host.store.phases.list(run.id);
  expect(states.map(({ name, status }) => [name, status])).toEqual(
    PHASES.map((name) => [
      name,
      ['ideation', 'task_breakdown'].includes(name) ? 'completed' : 'skipped',
    ]),
  );
  expect(prompts.get('planner')).toContain('# From brainstorm');
  expect(prompts.has('architect')).toBe(false);
});

const SPECIALISTS: Readonly<Record<string, readonly string[]>> = {
  ideation: ['user_requirements', 'technical_feasibility', 'edge_cases'],
  architecture: ['system_design', 'data_models', 'api_design'],
};

test.concurrent.each([
  ['ideation', 'brainstorm'],
  ['architecture', 'architect'],
] as const)(
  'R-115 %s has three specialists and a synthesis as a swarm, one agent as single',
  async (phase, alone) => {
    const swarm = await aRunOf(host, builds(), only([phase], {}, { pattern: 'swarm' }));
    expect(await over(host, swarm)).toMatchObject({ status: 'completed' });
    const roles = await rolesOf(swarm);
    expect(roles.toSorted()).toEqual([...(SPECIALISTS[phase] ?? []), 'synthesis'].toSorted());
    expect(roles.at(-1)).toBe('synthesis');
    const single = await aRunOf(host, builds(), only([phase], {}, { pattern: 'single' }));
    expect(await over(host, single)).toMatchObject({ status: 'completed' });
    expect(await rolesOf(single)).toEqual([alone]);
  },
);

test.concurrent('R-092 a swarm of three with room for two has two at work', async () => {
  const gate = Promise.withResolvers<void>();
  const open = { now: 0, most: 0 };
  const play: Playing = async function* counted({ attempt: { role } }) {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    if (role !== 'synthesis') yield { do: 'wait', for: gate.promise };
    open.now -= 1;
    yield says(`# From ${role}`);
  };
  const run = await aRunOf(host, play, only(['ideation'], {}, { pattern: 'swarm', parallel: 2 }));
  await until(host, async () => open.now === 2);
  // That nothing happens has no event: a third would begin within milliseconds.
  await delay(1000);
  gate.resolve();
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(open.most).toBe(2);
  expect(await rolesOf(run)).toHaveLength(4);
});

/** The first so many sessions of the role break, the others do as usual. */
function breaking(role: string, times: number): Playing {
  let left = times;
  return except(role, async function* play(scene) {
    left -= 1;
    yield* left >= 0 ? [breaks('the model went away')] : builds()(scene);
  });
}

test.concurrent('R-090 a phase that fails twice and succeeds then has three attempts', async () => {
  const settings = only(['ideation'], { maxConsecutiveErrors: 9 }, { maxRetries: 2 });
  const run = await aRunOf(host, breaking('brainstorm', 2), settings);
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const [ideation] = await host.store.phases.list(run.id);
  expect(ideation).toMatchObject({ status: 'completed', attempts: 3 });
});

test.concurrent.each([0, 1])(
  'R-117 a phase that always fails has %i retries, and has failed then',
  async (maxRetries) => {
    const settings = only(['ideation'], { maxConsecutiveErrors: 9 }, { maxRetries });
    const run = await aRunOf(host, breaking('brainstorm', 99), settings);
    expect(await over(host, run)).toMatchObject({ status: 'failed' });
    const [ideation] = await host.store.phases.list(run.id);
    expect(ideation).toMatchObject({ status: 'failed', attempts: maxRetries + 1 });
    expect(await attemptsOf(host, run, 'brainstorm')).toHaveLength(maxRetries + 1);
  },
);

/** Of this role the first session writes a file and is never heard of again. */
function hangingOnce(role: string): Playing {
  let first = true;
  return except(role, async function* hang(scene) {
    const hangs = first;
    first = false;
    if (hangs) {
      yield writes('half-done.txt');
      yield { do: 'hang' };
    }
    yield* builds()(scene);
  });
}

const ITEMS = [{ key: 'A-1' }];

test.concurrent('R-125 three errors in a row pause the run, and the reason names them', async () => {
  const play = except('coder', async function* fails() {
    yield breaks('the model went away');
  });
  const settings = { maxConsecutiveErrors: 3, itemMaxAttempts: 9, parallel: 1 };
  const run = await anImplementation(host, { play, items: ITEMS, settings });
  const ended = await over(host, run);
  expect(ended.status).toBe('paused');
  expect(await attemptsOf(host, run, 'coder')).toHaveLength(3);
  expect(ended.reason).toContain('the model went away');
  const facts = {
    hosted: false,
    labels: [],
    approvals: [],
    items: [],
    sessions: 0,
    checked: 0,
    unlanded: null,
  };
  const why = whyRun({ ...facts, run: ended, phase: 'implement', now: new Date().toISOString() });
  expect(why.cause).toContain('the model went away');
});

test.concurrent('R-087 half of the items done is 50 %', async () => {
  const gate = Promise.withResolvers<void>();
  const play: Playing = async function* halts(scene) {
    if (scene.attempt.itemKey === 'B-1') yield { do: 'wait', for: gate.promise };
    yield* builds()(scene);
  };
  const items = [
    { key: 'A-1', priority: 1 },
    { key: 'B-1', dependencies: ['A-1'] },
  ];
  const run = await anImplementation(host, { play, items });
  const project = await host.store.projects.get(run.projectId);
  if (project === undefined) throw new Error('the project is gone');
  const seen = await until(host, async () => {
    const now = new Date().toISOString();
    const { work } = await readSnapshot(host.store, project, { run, hosted: true, now });
    return work.done === 1 && work.in_progress === 1 ? work : undefined;
  });
  expect(seen).toMatchObject({ todo: 0, blocked: 0, total: 2, completion_percentage: 50 });
  gate.resolve();
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
});

test('R-118 a phase that hangs is timed out, and its session with it', async () => {
  const settings = only(['ideation'], {}, { timeoutMs: 1000, maxRetries: 0 });
  const play = except('brainstorm', async function* hang() {
    yield { do: 'hang' };
  });
  const run = await aRunOf(host, play, settings);
  const ended = await over(host, run);
  expect(ended.status).toBe('failed');
  const ends = (await attemptsOf(host, run, 'brainstorm')).map(({ end }) => end?.status);
  expect(ends).toEqual(['timed_out']);
  expect(await host.store.attempts.sessions(run.id)).toEqual([]);
});

test('R-124 a session beyond its time is timed out, and its item is done by the next', async () => {
  const settings = { sessionTimeoutMs: 1000 };
  const run = await anImplementation(host, { play: hangingOnce('coder'), items: ITEMS, settings });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const ends = (await attemptsOf(host, run, 'coder')).map(({ end }) => end?.status);
  expect(ends).toEqual(['timed_out', 'succeeded']);
  const told = await eventsOf(host, run);
  expect(told).toContainEqual(expect.objectContaining({ type: 'item.returned', item: 'A-1' }));
});

test('R-126 a silent session has stalled, and its work is kept', async () => {
  const settings = { stallTimeoutMs: 1000 };
  const run = await anImplementation(host, { play: hangingOnce('coder'), items: ITEMS, settings });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const ends = (await attemptsOf(host, run, 'coder')).map(({ end }) => end?.status);
  expect(ends).toEqual(['stalled', 'succeeded']);
  const rescued = (await eventsOf(host, run)).filter(({ type }) => type === 'work.rescued');
  expect(rescued).toEqual([expect.objectContaining({ files: 1 })]);
});

test('R-127 the first retry comes after the delay that is set, 5 s as shipped', () => {
  const failed = { status: 'failed', reason: 'red' } as const;
  const after = (retryDelayMs: number) =>
    decide({
      run: runWith({ settings: { ...SETTINGS, retryDelayMs } }),
      phase: 'ideation',
      end: failed,
      failures: 0,
      now: 0,
    });
  expect(after(200)).toEqual({ kind: 'retry', delayMs: 200, reason: 'red' });
  expect(after(load().settings.retryDelayMs)).toMatchObject({ delayMs: 5000 });
  expect(aPhase().attempts).toBe(0);
});
