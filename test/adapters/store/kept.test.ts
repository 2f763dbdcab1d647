import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptEnd } from '../../../src/domain/attempt.ts';
import type { Run } from '../../../src/domain/run.ts';
import {
  aClaim,
  aRun,
  aStore,
  eightAtOnce,
  eventsOf,
  ORDER,
  SERVER_START_MS,
  type TestStore,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

const gives = (text: string): AttemptEnd => ({ status: 'succeeded', commit: null, text });
const BROKE: AttemptEnd = { status: 'failed', code: 'session_failed', reason: 'broke' };

async function ended(run: Run, role: string, [number, end]: readonly [number, AttemptEnd]) {
  const { attempts } = tested.store;
  const id = `${run.id}/${role}/${number}`;
  await attempts.open({ id, runId: run.id, phase: 'ideation', role, number, sessionId: id });
  const fence = await attempts.takeFence(id, 'worker-1');
  if (fence !== undefined) await attempts.close(fence, end, ORDER);
}

async function kept(run: Run): Promise<readonly unknown[]> {
  const attempts = await tested.store.attempts.kept(run.id, 'ideation');
  return attempts.map(({ role, end }) => [role, end?.status === 'succeeded' ? end.text : end]);
}

test('I6 what a role gave counts until its phase discards it, the newest first', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await store.phases.start(run, 'ideation', 2);
  await ended(run, 'edge_cases', [1, gives('one')]);
  await ended(run, 'edge_cases', [2, gives('two')]);
  await ended(run, 'technical_feasibility', [1, gives('tech')]);
  await ended(run, 'technical_feasibility', [2, BROKE]);
  await ended(run, 'user_requirements', [2, BROKE]);
  expect(await kept(run)).toEqual([
    ['edge_cases', 'two'],
    ['technical_feasibility', 'tech'],
  ]);
  await store.phases.discard(run, 'ideation', { attempt: 1, reason: 'too vague' });
  await store.phases.discard(run, 'ideation', { attempt: 0, reason: 'late' });
  expect(await kept(run)).toEqual([['edge_cases', 'two']]);
  const [phase] = await store.phases.list(run.id);
  expect(phase).toMatchObject({ discarded: 1, feedback: 'too vague', status: 'running' });
  await store.phases.end(run, 'ideation', { status: 'failed', error: 'no text', outputs: [] });
  expect(await kept(run)).toEqual([]);
  const [failed] = await store.phases.list(run.id);
  expect(failed).toMatchObject({ discarded: 2, feedback: 'no text' });
});

test('attempts are counted, and named when they have ended', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await ended(run, 'edge_cases', [1, BROKE]);
  const id = `${run.id}/open`;
  const role = 'user_requirements';
  await store.attempts.open({
    id,
    runId: run.id,
    phase: 'ideation',
    role,
    number: 1,
    sessionId: id,
  });
  expect(await store.attempts.count(run.id)).toBe(2);
  expect(await store.attempts.count(run.id, { open: true })).toBe(1);
  expect(await store.attempts.count(run.id, { atWork: true })).toBe(0);
  expect(await store.attempts.ended(run.id)).toEqual([`${run.id}/edge_cases/1`]);
});

test('an agent that has ended frees its slot, and takes it again when it goes on', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const { fence } = await aClaim(store, run);
  const atWork = (): Promise<number> => store.attempts.count(run.id, { atWork: true });
  expect(await atWork()).toBe(1);
  expect(await store.attempts.handIn(fence, [])).toBe(true);
  expect(await atWork()).toBe(0);
  expect(await store.attempts.takeUp(fence)).toBe(true);
  expect(await store.attempts.takeUp(fence)).toBe(true);
  expect(await atWork()).toBe(1);
});

const DECISION = { attempt: 1, commit: 'c0ffee', again: false };
const DEPLOYED = { status: 'deployed', detail: 'there' } as const;

test('I6 of eight executions of one decision to deploy one may run the command', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const { got } = await eightAtOnce((at) =>
    store.deployments.begin(run, { ...DECISION, execution: `e${at}` }),
  );
  expect(got.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
  expect(got.filter(({ kind }) => kind === 'cut_off')).toHaveLength(7);
  const begun = (await eventsOf(store, run)).filter(({ type }) => type === 'deploy.begun');
  expect(begun).toHaveLength(1);
});

test('I6 the end of a deployment is kept once, by the execution that began it last', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const mine = { ...DECISION, execution: 'mine' };
  const theirs = { ...DECISION, execution: 'theirs' };
  await store.deployments.begin(run, mine);
  expect(await store.deployments.begin(run, mine)).toEqual({ kind: 'begun' });
  expect(await store.deployments.begin(run, { ...theirs, again: true })).toEqual({ kind: 'begun' });
  const applied = [{ type: 'deploy.applied', commit: 'c0ffee', probe: null }] as const;
  const end = (execution: string) =>
    store.deployments.end(run, { attempt: 1, execution, end: DEPLOYED }, applied);
  await end('mine');
  expect(await store.deployments.begin(run, mine)).toMatchObject({ kind: 'cut_off' });
  await end('theirs');
  await end('theirs');
  expect(await store.deployments.begin(run, mine)).toEqual({ kind: 'ended', end: DEPLOYED });
  const told = (await eventsOf(store, run)).filter(({ type }) => type === 'deploy.applied');
  expect(told).toHaveLength(1);
});

test('whether main moved to a commit is known by an index, however long the story', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  const { projectId } = run;
  const moved = { type: 'main.moved', from: 'a', to: 'b', cause: 'x' } as const;
  await store.events.append(projectId, run.id, [moved]);
  expect(await store.events.mainMovedTo(projectId, 'b')).toBe(true);
  expect(await store.events.mainMovedTo(projectId, 'a')).toBe(false);
  await pool.query(
    `insert into harness.event (project_id, id, data)
     select $1, 100 + n, jsonb_build_object('type', 'main.moved', 'to', n::text)
     from generate_series(1, 5000) n`,
    [projectId],
  );
  await pool.query('analyze harness.event');
  const { rows } = await pool.query(
    `explain select 1 from harness.event where project_id = $1
     and data->>'type' = 'main.moved' and (data->>'to') = 'b'`,
    [projectId],
  );
  expect(JSON.stringify(rows)).toContain('event_main_moved');
});
