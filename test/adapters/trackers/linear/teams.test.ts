import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { refuseDamagedTracker, type App } from '../../../../src/app.ts';
import type { Run } from '../../../../src/domain/run.ts';
import type { WorkTracker } from '../../../../src/work/tracker.ts';
import { claimed, newItem } from '../../../contracts/tracker-given.ts';
import { load } from '../../../config/load.ts';
import { runWith, SETTINGS } from '../../../support/a-run.ts';
import { idsOf } from '../../../support/linear/fields.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { Entity, Values } from '../../../support/linear/store.ts';
import { moveToTeam, renameTeam } from '../../../support/linear/teams.ts';
import { issueOf, WRITES } from '../../../support/linear/write.ts';
import { aDetour } from './a-detour.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

const TEAMS = [
  { key: 'ENG', name: 'Engineering' },
  { key: 'OPS', name: 'Operations' },
];

function team({ store }: FakeLinear, key: string): Entity {
  const found = store.all('Team').find((one) => one['key'] === key);
  if (found === undefined) throw new Error(`there is no team ${key}`);
  return found;
}

/** Two teams that share the project of the first, whose items are `A` of the plan and `ENG-2` by hand. */
async function aScene() {
  const fake = await startFakeLinear({ limits: NO_LIMITS, teams: TEAMS });
  const own = randomUUID();
  const tracker = aLinearTracker(fake, { project: own, team: 'ENG' });
  const { linearTeam, linearProject } = (await tracker.prepare()) ?? {};
  if (typeof linearTeam !== 'string' || typeof linearProject !== 'string')
    throw new Error('nothing is to be remembered');
  // As a run goes on, by what it remembers.
  const open = (to: { readonly apiUrl: string } = fake): WorkTracker =>
    aLinearTracker(to, { project: own, team: linearTeam, linearProject });
  await tracker.create([newItem({ key: 'A', labels: ['ui'] })]);
  const [project] = fake.store.all('Project');
  if (project === undefined) throw new Error('there is no project');
  fake.store.update(project, { teamIds: [team(fake, 'ENG').id, team(fake, 'OPS').id] });
  byHand(fake, { title: 'By hand', teamId: linearTeam, projectId: project.id });
  await tracker.adopt();
  return { fake, open, tracker, project };
}

function byHand({ store }: FakeLinear, input: object): Entity {
  const deps = { store, viewerId: store.all('User')[0]?.id ?? '', issueQuota: null };
  const made: unknown = Reflect.get(Object(WRITES['issueCreate']?.(deps, { input })), 'issue');
  return store.get('Issue', Reflect.get(Object(made), 'id'));
}

const stateOf = ({ store }: FakeLinear, issue: Entity): Entity =>
  store.get('WorkflowState', store.get('Issue', issue.id)['stateId']);

test.each([
  [
    'an issue goes to another team',
    (fake: FakeLinear) =>
      fake.store.all('Issue').forEach((issue) => moveToTeam(fake.store, issue, 'OPS')),
  ],
  ['their team gets another key', (fake: FakeLinear) => renameTeam(fake.store, 'ENG', 'DEV')],
])('items keep their keys, claims and comments when %s', async (...[, happens]) => {
  const { fake, open, tracker } = await aScene();
  await using _ = fake;
  const held = await claimed(tracker, 'ENG-2');
  await tracker.comment('ENG-2', { id: 'c', author: 'harness', text: 'Begun.' });
  happens(fake);
  for (const one of [tracker, open()]) {
    await one.adopt();
    expect((await one.list()).map(({ key, cancelled }) => `${key} ${cancelled}`)).toEqual([
      'A false',
      'ENG-2 false',
    ]);
    expect(await one.get('ENG-2')).toMatchObject({ status: 'in_progress', claim: held });
    expect(await one.comments('ENG-2')).toMatchObject([{ id: 'c', text: 'Begun.' }]);
  }
  await open().finish(held, 'done');
  expect(fake.store.all('Attachment')).toHaveLength(2);
  expect((await tracker.get('ENG-2')).status).toBe('done');
});

test('a run goes on in its project after that and its team got other names', async () => {
  const fake = await startFakeLinear({ limits: NO_LIMITS, teams: TEAMS });
  await using _ = fake;
  const teamIds = [team(fake, 'ENG').id];
  const shop = fake.store.insert('Project', { name: 'Shop', teamIds });
  const app: App = Object.assign(Object.create(null), {
    config: load({}),
    trackerOf: async ({ settings }: Run) => {
      const { linearTeam, linearProject } = settings.backend;
      return aLinearTracker(fake, { team: linearTeam, linearProject: linearProject ?? '' });
    },
  });
  const named = { type: 'linear', linearTeam: 'ENG', linearProject: 'Shop' } as const;
  const backend = { ...SETTINGS.backend, ...named };
  const run = runWith({ settings: { ...SETTINGS, backend } });
  const remembered = await refuseDamagedTracker(app, run);
  expect(remembered).toEqual({
    backend: { ...backend, linearTeam: teamIds[0], linearProject: shop.id },
  });
  renameTeam(fake.store, 'ENG', 'DEV');
  fake.store.update(shop, { name: 'Store' });
  const resumed = { ...run, settings: { ...run.settings, ...remembered } };
  expect(await refuseDamagedTracker(app, resumed)).toEqual(remembered);
  expect(fake.store.all('Project')).toHaveLength(1);
});

test('an item whose record is of before, when it named its issue by the key alone, is not lost with its name', async () => {
  const { fake, open } = await aScene();
  await using _ = fake;
  const issue = issueOf(fake.store, 'ENG-2');
  const record = fake.store.all('Attachment').find((one) => one['issueId'] === issue.id);
  if (record === undefined) throw new Error('there is no record');
  const { issue: named, ...metadata }: Values = Object(record['metadata']);
  expect(named).toBe(issue.id);
  fake.store.update(record, { metadata });
  moveToTeam(fake.store, issue, 'OPS');
  const tracker = open();
  await tracker.adopt();
  expect((await tracker.list()).map(({ key }) => key)).toEqual(['A', 'ENG-2']);
  await tracker.finish(await claimed(tracker, 'ENG-2'), 'done');
  expect(fake.store.all('Attachment')).toHaveLength(2);
});

test('I2 an issue of another team is claimed, blocked and finished by the states and labels of that team', async () => {
  const { fake, tracker } = await aScene();
  await using _ = fake;
  const { id: ops } = team(fake, 'OPS');
  const issue = moveToTeam(fake.store, issueOf(fake.store, 'ENG-1'), 'OPS');
  const claim = await claimed(tracker, 'A');
  expect(stateOf(fake, issue)).toMatchObject({ type: 'started', teamId: ops });
  await tracker.finish(claim, 'blocked');
  const [label] = idsOf(fake.store.get('Issue', issue.id)['labelIds']);
  expect(fake.store.get('IssueLabel', label)).toMatchObject({ name: 'Blocked', teamId: ops });
  await tracker.move('A', 'todo');
  expect((await tracker.get('A')).status).toBe('todo');
  await tracker.edit('A', { labels: ['ui', 'new'], cancelled: true });
  await tracker.edit('A', { cancelled: false });
  await tracker.finish(await claimed(tracker, 'A'), 'done');
  expect(stateOf(fake, issue)).toMatchObject({ type: 'completed', teamId: ops });
  expect(await tracker.get('A')).toMatchObject({ status: 'done', labels: ['ui', 'new'] });
});

test.each([
  ['claims', async (one: WorkTracker) => void (await claimed(one, 'A'))],
  ['blocks', (one: WorkTracker) => one.move('A', 'blocked')],
  ['calls off', async (one: WorkTracker) => void (await one.edit('A', { cancelled: true }))],
])(
  'one that goes to another team while the harness %s it is claimed once, and moved there',
  async (...[, does]) => {
    const { fake, open, tracker } = await aScene();
    await using _ = fake;
    await using detour = await aDetour(fake);
    const issue = issueOf(fake.store, 'ENG-1');
    detour.before('issueUpdate', () => void moveToTeam(fake.store, issue, 'OPS'));
    await does(open(detour));
    const now = await tracker.get('A');
    expect([now.status, now.cancelled]).not.toEqual(['todo', false]);
    expect(stateOf(fake, issue)['teamId']).toBe(team(fake, 'OPS').id);
    expect((await tracker.list()).find(({ key }) => key === 'A')).toMatchObject({
      status: now.status,
      cancelled: now.cancelled,
    });
  },
);

test('an issue that is called as another item was called before becomes one of another name', async () => {
  const { fake, tracker, project } = await aScene();
  await using _ = fake;
  renameTeam(fake.store, 'ENG', 'DEV');
  fake.store.update(team(fake, 'OPS'), { key: 'ENG', issueCount: 1 });
  const late = byHand(fake, { title: 'Late', teamId: team(fake, 'ENG').id, projectId: project.id });
  await tracker.adopt();
  const items = await tracker.list();
  expect(items.map(({ key, title }) => `${key} ${title}`).toSorted()).toEqual([
    'A Title of A',
    'ENG-2 By hand',
    `ENG-2-${late.id.slice(0, 8)} Late`,
  ]);
});

test("a project of the same name in another team is none of ours, and not the other team's", async () => {
  const fake = await startFakeLinear({ limits: NO_LIMITS, teams: TEAMS });
  await using _ = fake;
  const theirs = fake.store.insert('Project', { name: 'Shop', teamIds: [team(fake, 'OPS').id] });
  const order = { team: 'ENG', linearProject: 'Shop' };
  const tracker = aLinearTracker(fake, order);
  expect(await tracker.list()).toEqual([]);
  await tracker.create([newItem({ key: 'A' })]);
  const [issue] = fake.store.all('Issue');
  expect(issue?.['projectId']).not.toBe(theirs.id);
  expect(fake.store.all('Project').map(({ name }) => name)).toEqual(['Shop', 'Shop']);
  const named = aLinearTracker(fake, { ...order, linearProject: theirs.id });
  await expect(named.prepare()).rejects.toMatchObject({
    code: 'TRACKER_MISPLACED',
    exit: 2,
    message: expect.stringMatching(/project Shop is none of the team Engineering: add the team/u),
  });
});
