import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { findMadeProject } from '../../src/adapters/trackers/linear/made-project.ts';
import { guarded, type Guard } from '../../src/demo/guarded.ts';
import { projectMark, type TrackerProject } from '../../src/domain/demo.ts';
import { connectMcp } from '../../src/gateway/mcp/upstream.ts';
import {
  FAKE_KEY,
  NO_LIMITS,
  startFakeLinear,
  type FakeLinear,
} from '../support/linear/start-fake-linear.ts';

/** The initializer's way to Linear, of a process that forgets what it made when it dies. */
async function aSession({ apiUrl, mcpUrl }: FakeLinear, run: string, team: string | null = null) {
  const headers = { Authorization: `Bearer ${FAKE_KEY}` };
  const order = { name: 'linear', url: mcpUrl, headers, tools: [], phases: [] };
  const kept: TrackerProject[] = [];
  const mark = projectMark(run);
  const access = {
    url: apiUrl,
    apiKey: FAKE_KEY,
    now: () => Date.now(),
    pause: () => Promise.resolve(),
    patience: 5000,
  };
  const since = new Date(Date.now() - 60_000).toISOString();
  const guard: Guard = {
    rights: 'make',
    project: async () => kept.at(-1) ?? null,
    keep: async (made) => void kept.push(made),
    team: async () => team,
    mark,
    there: {
      project: () => findMadeProject(access, { mark, since }),
      issue: async () => undefined,
      comment: async () => false,
    },
    meant: async (said) => new Map(said.map((one) => [one, { key: one, id: one, name: one }])),
  };
  const upstream = guarded(await connectMcp(order), guard);
  const call = (tool: string, input: Readonly<Record<string, unknown>>): Promise<string> =>
    upstream
      .call({ tool, input, signal: new AbortController().signal })
      .then((result) => JSON.stringify(result));
  return { call, kept, close: () => upstream.close() };
}

const PROJECT = { name: 'Shop', description: 'Sells.', addTeams: ['Engineering'] };

test('I6 a project whose maker died before it was noted is found, not made again', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const run = randomUUID();
  const dead = await aSession(fake, run);
  await dead.call('save_project', PROJECT);
  await dead.close();
  const [made] = fake.store.all('Project');
  expect(made?.['content']).toBe(`Sells.\n\nBuilt by the harness, run ${run}.`);

  const next = await aSession(fake, run);
  expect(await next.call('save_project', PROJECT)).toContain('The project is there already: Shop');
  expect(next.kept).toMatchObject([{ id: made?.id, name: 'Shop' }]);
  const saved = await next.call('save_issue', { title: 'A - b', team: 'ENG', project: 'Shop' });
  expect(saved).toContain('ENG-1');
  await next.close();
  expect(fake.store.all('Project')).toHaveLength(1);
});

test('I6 a project that is one of several teams by then goes on in the team that is meant', async () => {
  const teams = [
    { key: 'ENG', name: 'Engineering' },
    { key: 'PAY', name: 'Payroll' },
  ];
  await using fake = await startFakeLinear({ limits: NO_LIMITS, teams });
  const [wanted, other] = fake.store.all('Team');
  const run = randomUUID();
  const dead = await aSession(fake, run, wanted?.id);
  await dead.call('save_project', PROJECT);
  await dead.close();
  const [made] = fake.store.all('Project');
  if (made !== undefined) fake.store.update(made, { teamIds: [other?.id, wanted?.id] });

  const next = await aSession(fake, run, wanted?.id);
  await next.call('save_issue', { title: 'A - b', team: 'PAY', project: 'Shop' });
  await next.close();
  expect(next.kept).toMatchObject([{ id: made?.id, teamId: wanted?.id }]);
  expect(fake.store.all('Issue')).toMatchObject([{ title: 'A - b', teamId: wanted?.id }]);
});

test("another run's project, and one of people, is none of this run", async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  fake.store.insert('Project', { name: 'Shop', description: '', content: 'Ours.', teamIds: [] });
  for (const run of [randomUUID(), randomUUID()]) {
    const session = await aSession(fake, run);
    // Two calls at once are one project.
    await Promise.all([
      session.call('save_project', PROJECT),
      session.call('save_project', PROJECT),
    ]);
    await session.close();
  }
  expect(fake.store.all('Project')).toHaveLength(3);
});

test('I3 an issue gets into the run’s project, also where people have one of the same name', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  fake.store.insert('Project', { name: 'Shop', description: '', content: 'Ours.', teamIds: [] });
  const session = await aSession(fake, randomUUID());
  await session.call('save_project', PROJECT);
  await session.call('save_issue', { title: 'A - b', team: 'ENG', project: 'Shop' });
  await session.call('save_issue', { id: 'ENG-1', title: 'A - c', project: 'Shop' });
  await session.close();
  expect(fake.store.all('Issue')).toMatchObject([
    { title: 'A - c', projectId: session.kept.at(-1)?.id },
  ]);
});

test('the project and its issues go into the team that the configuration names, whatever an agent picks', async () => {
  const teams = [
    { key: 'PAY', name: 'Payroll' },
    { key: 'ENG', name: 'Engineering' },
  ];
  await using fake = await startFakeLinear({ limits: NO_LIMITS, teams });
  const [, wanted] = fake.store.all('Team');
  const session = await aSession(fake, randomUUID(), wanted?.id);
  await session.call('save_project', { ...PROJECT, addTeams: ['PAY'], setTeams: ['PAY'] });
  expect(fake.store.all('Project')).toMatchObject([{ teamIds: [wanted?.id] }]);
  expect(session.kept).toMatchObject([{ name: 'Shop', teamId: wanted?.id }]);
  await session.call('save_issue', { title: 'A - b', team: 'PAY', project: 'Shop' });
  expect(fake.store.all('Issue')).toMatchObject([{ title: 'A - b', teamId: wanted?.id }]);
  await session.close();
});
