import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestControl, resumeRun } from '../../src/engine/operations.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { aDraft } from '../adapters/store/a-store.ts';
import { aHost, type TestHost } from './a-host.ts';
import {
  answered,
  aRunOf,
  attemptsOf,
  eventsOf,
  only,
  over,
  reached,
  until,
} from './a-run-under-way.ts';
import { breaks, builds, except, says, type Playing } from './plays.ts';

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

/** The first so many sessions of the role break, the others do as usual. */
function breaking(role: string, times: number): Playing {
  let left = times;
  return except(role, async function* play(scene) {
    left -= 1;
    yield* left >= 0 ? [breaks('the model went away')] : builds()(scene);
  });
}

test.concurrent('I6 a phase that fails is tried again at stored times, each wait twice the last', async () => {
  const settings = only(['ideation'], { retryDelayMs: 600, maxConsecutiveErrors: 9 });
  const run = await aRunOf(host, breaking('brainstorm', 2), settings);
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const stored = await host.store.events.read(run.projectId, { after: 0, limit: 1000 });
  const started = stored.filter(({ event }) => event.type === 'phase.started');
  const planned = stored.flatMap(({ at, event }) =>
    event.type === 'phase.retried' ? [{ at, until: event.at }] : [],
  );
  // The time is taken a little before it is stored.
  const waits = planned.map(({ at, until: then }) => Date.parse(then) - Date.parse(at));
  expect(waits[0]).toBeLessThanOrEqual(600);
  expect(waits[1]).toBeGreaterThan(600);
  expect(waits[1]).toBeLessThanOrEqual(1200);
  expect(planned).toHaveLength(2);
  for (const [at, { until: then }] of planned.entries())
    expect(started[at + 1]?.at.localeCompare(then)).toBe(1);
});

test.concurrent('I6 a pause lets the session finish, and a resume goes on behind it', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const play = except('brainstorm', async function* slow() {
    begun.resolve();
    yield { do: 'wait', for: gate.promise };
    yield says('# Requirements');
  });
  const run = await aRunOf(host, play, only(['ideation', 'architecture']));
  await begun.promise;
  await requestControl(host, run, 'pause');
  gate.resolve();
  expect(await over(host, run)).toMatchObject({ status: 'paused' });
  const [ideation] = await host.store.phases.list(run.id);
  expect(ideation).toMatchObject({ status: 'completed', attempts: 1 });
  await resumeRun(host, await reached(host, run, 'paused'), {});
  expect(await over(host, run)).toMatchObject({ status: 'completed', generation: 2 });
  const sessions = await host.store.attempts.list(run.id);
  expect(sessions.map(({ role }) => role)).toEqual(['brainstorm', 'architect']);
});

test.concurrent('I12 what a person rejects is made again, with the reason, and asked about again', async () => {
  const prompts: string[] = [];
  const play = except('brainstorm', async function* listens({ order }) {
    prompts.push(order.prompt);
    yield says('# Requirements');
  });
  const checkpoint = only(['ideation'], { autonomy: 'checkpoint' }, { checkpointPause: true });
  const run = await aRunOf(host, play, checkpoint);
  await reached(host, run, 'waiting_approval');
  const answer = { kind: 'rejected', by: 'ada', reason: 'Say what a cubit is.' } as const;
  await answered(host, run, { about: 'ideation', answer });
  const asked = await until(host, async () => {
    const [pending] = await host.store.approvals.pending(run.id);
    return pending?.attempt === 2 ? pending : undefined;
  });
  expect(asked.phase).toBe('ideation');
  expect(prompts[0]).not.toContain('cubit');
  expect(prompts[1]).toContain('Say what a cubit is.');
  const approved = { kind: 'approved', by: 'ada' } as const;
  await answered(host, run, { about: 'ideation', answer: approved });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const answers = (await eventsOf(host, run)).flatMap((event) =>
    event.type === 'approval.answered' ? event.answer : [],
  );
  expect(answers).toEqual(['rejected', 'approved']);
});

const theirs = () => aDraft({ key: 'A-1', title: 'Theirs' });

test.concurrent('a plan that names an item as a person has named one goes back to its author', async () => {
  const prompts: string[] = [];
  const play = except('planner', async function* adds(scene) {
    prompts.push(scene.order.prompt);
    if (prompts.length === 1) await host.store.items.addOne(scene.attempt.runId, theirs, 'ada');
    yield* builds([{ key: prompts.length === 1 ? 'A-1' : 'A-2' }])(scene);
  });
  const run = await aRunOf(host, play, only(['task_breakdown']));
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(prompts[1]).toContain('used the keys A-1');
  const items = await host.store.items.ofRun(run.id);
  expect(items.map(({ key, title }) => [key, title])).toEqual([
    ['A-1', 'Theirs'],
    ['A-2', 'Make A-2'],
  ]);
});

test('a session that takes too long is timed out, and the phase tried again', async () => {
  let first = true;
  const play = except('brainstorm', async function* hangOnce() {
    const hangs = first;
    first = false;
    yield hangs ? { do: 'hang' } : says('# Requirements');
  });
  const run = await aRunOf(host, play, only(['ideation'], { sessionTimeoutMs: 300 }));
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const ends = (await attemptsOf(host, run, 'brainstorm')).map(({ end }) => end?.status);
  expect(ends).toEqual(['timed_out', 'succeeded']);
});
