import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PHASES } from '../../../src/domain/phase.ts';
import {
  aProject,
  aRun,
  aStore,
  SERVER_START_MS,
  eightAtOnce,
  eventsOf,
  SETTINGS,
  statusesOf,
  type TestStore,
  typesOf,
  moveTo,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

test('a project is found again by its folder, and made only once by eight at a time', async () => {
  const { projects } = tested.store;
  const order = { directory: `/p/${randomUUID()}`, name: 'shop' };
  const { got: all } = await eightAtOnce(() => projects.ensure(order));
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  const [project] = all;
  expect(await projects.byDirectory(order.directory)).toEqual(project);
  expect(await projects.get(project?.id ?? '')).toEqual(project);
  expect(await projects.list()).toContainEqual(project);
  expect(await projects.get('no uuid')).toBeUndefined();
});

test('a new run has all its phases and says so', async () => {
  const { store } = tested;
  const projectId = await aProject(store);
  const settings = { ...SETTINGS, label: 'rehearsal' };
  const run = await store.runs.create({ id: randomUUID(), projectId, idea: 'a shop', settings });
  expect(run).toMatchObject({ status: 'pending', generation: 1, control: null, settings });
  expect((await store.phases.list(run.id)).map(({ name }) => name)).toEqual(PHASES);
  expect(await eventsOf(store, run)).toEqual([
    { type: 'run.created', idea: 'a shop', rehearsal: true },
  ]);
  expect(await store.runs.latest(projectId)).toEqual(run);
  expect(await store.runs.live('rehearsal')).toEqual([run]);
  expect(await store.runs.get('nobody')).toBeUndefined();
});

test('of eight runs begun at once in a project one begins, the others are told of it', async () => {
  const { store } = tested;
  const projectId = await aProject(store);
  const { got, refused } = await eightAtOnce((at) =>
    store.runs.create({ id: `${projectId}/${at}`, projectId, idea: 'x', settings: SETTINGS }),
  );
  expect(got).toHaveLength(1);
  expect(refused).toEqual(
    Array(7).fill(
      expect.objectContaining({
        code: 'RUN_ACTIVE',
        exit: 2,
        message: expect.stringContaining(`Run ${got[0]?.id} of this project is pending`),
      }),
    ),
  );
});

test.each(['stopped', 'completed', 'failed', 'paused', 'limited'] as const)(
  'a run that is %s makes room for another one',
  async (status) => {
    const { store } = tested;
    const run = await aRun(store);
    await moveTo(store, run, { status, reason: 'because' });
    expect((await store.runs.get(run.id))?.endedAt).not.toBeNull();
    const order = { id: randomUUID(), projectId: run.projectId, idea: 'y', settings: SETTINGS };
    const next = await store.runs.create(order);
    expect((await store.runs.latest(run.projectId))?.id).toBe(next.id);
  },
);

test.each(['running', 'waiting_approval', 'stopping'] as const)(
  'a run that is %s keeps others out',
  async (status) => {
    const { store } = tested;
    const run = await aRun(store);
    await moveTo(store, run, { status });
    const order = { id: randomUUID(), projectId: run.projectId, idea: 'y', settings: SETTINGS };
    await expect(store.runs.create(order)).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
  },
);

test('setting the status that a run has leaves no event', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await moveTo(store, run, { status: 'limited', reason: 'weekly limit' });
  await moveTo(store, run, { status: 'limited', reason: 'weekly limit' });
  expect(await typesOf(store, run)).toEqual(['run.created', 'run.status', 'run.status']);
  await moveTo(store, run, { status: 'running' });
  expect(await store.runs.get(run.id)).toMatchObject({ endedAt: null, reason: null });
});

test('what was asked of a run and its project check are kept', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await store.runs.control(run.id, 'stop_now');
  await store.runs.setProjectCheck(run.id, 'npm test');
  const kept = await store.runs.get(run.id);
  expect(kept).toMatchObject({ control: 'stop_now', projectCheck: 'npm test' });
  await expect(store.runs.control('nobody', 'stop')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
});

test('a phase starts once for each number, ends once, and counts its attempts', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const end = { status: 'failed', error: 'no plan', outputs: [] } as const;
  await store.phases.start(run, 'ideation', 1);
  await store.phases.start(run, 'ideation', 1);
  await store.phases.end(run, 'ideation', end);
  await store.phases.end(run, 'ideation', end);
  await store.phases.start(run, 'ideation', 1);
  await store.phases.start(run, 'ideation', 2);
  const outputs = ['PRPs/plans/requirements.md'];
  await store.phases.end(run, 'ideation', { status: 'completed', error: null, outputs });
  const [state] = await store.phases.list(run.id);
  expect(state).toMatchObject({ status: 'completed', attempts: 2, error: null, outputs });
  expect(state?.startedAt).not.toBeNull();
  expect(state?.completedAt).not.toBeNull();
  expect((await typesOf(store, run)).slice(2)).toEqual([
    'phase.started',
    'phase.ended',
    'phase.started',
    'phase.ended',
  ]);
  expect(await statusesOf(store, run)).toMatchObject({ ideation: 'completed', deploy: 'pending' });
});
