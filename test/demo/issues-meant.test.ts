import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { thereIn } from '../../src/demo/already-there.ts';
import { guarded } from '../../src/demo/guarded.ts';
import { issuesMeant, namesOf } from '../../src/demo/issues-meant.ts';
import { connectMcp } from '../../src/gateway/mcp/upstream.ts';
import { aLinearTracker } from '../adapters/trackers/linear/a-linear-tracker.ts';
import {
  FAKE_KEY,
  NO_LIMITS,
  startFakeLinear,
  type FakeLinear,
} from '../support/linear/start-fake-linear.ts';
import type { Entity } from '../support/linear/store.ts';
import { moveToTeam, renameTeam } from '../support/linear/teams.ts';
import { issueOf, WRITES } from '../support/linear/write.ts';

const TEAMS = [
  { key: 'ENG', name: 'Engineering' },
  { key: 'OPS', name: 'Operations' },
];

function byHand({ store }: FakeLinear, title: string, input: object): Entity {
  const deps = { store, viewerId: store.all('User')[0]?.id ?? '', issueQuota: null };
  const made: unknown = Reflect.get(
    Object(WRITES['issueCreate']?.(deps, { input: { title, ...input } })),
    'issue',
  );
  return store.get('Issue', Reflect.get(Object(made), 'id'));
}

/** A session of the initializer's rights on a project with the issues ENG-1 and ENG-2. */
async function aScene() {
  const fake = await startFakeLinear({ limits: NO_LIMITS, teams: TEAMS });
  const [eng, ops] = fake.store.all('Team');
  if (eng === undefined || ops === undefined) throw new Error('there are no teams');
  const tracker = aLinearTracker(fake, { project: randomUUID(), team: eng.id });
  await tracker.prepare();
  const [project] = fake.store.all('Project');
  if (project === undefined) throw new Error('there is no project');
  fake.store.update(project, { teamIds: [eng.id, ops.id] });
  const place = { teamId: eng.id, projectId: project.id };
  const issues = ['First', 'Second'].map((title) => byHand(fake, title, place));
  await tracker.adopt();
  const headers = { Authorization: `Bearer ${FAKE_KEY}` };
  const server = await connectMcp({
    name: 'linear',
    url: fake.mcpUrl,
    headers,
    tools: [],
    phases: [],
  });
  const kept = { id: project.id, name: String(project['name']), description: '', metaKey: null };
  const session = guarded(server, {
    rights: 'make',
    project: async () => ({ ...kept, teamId: eng.id }),
    keep: async () => undefined,
    team: async () => null,
    mark: null,
    there: { project: async () => undefined, ...thereIn(async () => tracker) },
    meant: (said) => issuesMeant(tracker, said),
  });
  const call = async (tool: string, input: Readonly<Record<string, unknown>>): Promise<string> => {
    const { signal } = new AbortController();
    return JSON.stringify(await session.call({ tool, input, signal }));
  };
  return { fake, tracker, project, ops, issues, call, close: () => session.close() };
}

function saidOf({ store }: FakeLinear, issue: Entity | undefined): readonly unknown[] {
  return store.all('Comment').flatMap((one) => (one['issueId'] === issue?.id ? one['body'] : []));
}

test.each([
  [
    'their team got another key',
    (fake: FakeLinear) => renameTeam(fake.store, 'ENG', 'DEV'),
    'DEV-2',
  ],
  [
    'it went to another team',
    (fake: FakeLinear) => void moveToTeam(fake.store, issueOf(fake.store, 'ENG-2'), 'OPS'),
    'OPS-1',
  ],
])('agents reach an issue by the name it has since %s, and by its key', async (...given) => {
  const [, happens, name] = given;
  const { fake, tracker, project, issues, call, close } = await aScene();
  await using _ = fake;
  happens(fake);
  expect((await namesOf(tracker)).get('ENG-2')).toBe(name);
  expect(await call('save_comment', { issueId: name, body: 'By name.' })).not.toContain('isError');
  expect(await call('save_comment', { issueId: 'ENG-2', body: 'By key.' })).toContain('By key.');
  expect(saidOf(fake, issues[1])).toEqual(['By name.', 'By key.']);
  // The same comment once more is found, by whichever name.
  expect(await call('save_comment', { issueId: name, body: 'By key.' })).toContain(
    'exists already',
  );
  const again = { title: 'Second', project: project.id, team: 'OPS' };
  expect(await call('save_issue', again)).toContain(name);
  expect(fake.store.all('Issue')).toHaveLength(2);
  await call('save_issue', { id: name, title: 'Anew', blockedBy: ['ENG-1'] });
  expect(fake.store.get('Issue', issues[1]?.id)['title']).toBe('Anew');
  expect(fake.store.all('IssueRelation')).toMatchObject([
    { issueId: issues[0]?.id, relatedIssueId: issues[1]?.id },
  ]);
  await close();
});

test('I3 a key that is the name of an issue of elsewhere by now never leads there', async () => {
  const { fake, issues, ops, call, close } = await aScene();
  await using _ = fake;
  renameTeam(fake.store, 'ENG', 'DEV');
  fake.store.update(ops, { key: 'ENG', issueCount: 1 });
  const theirs = byHand(fake, 'Theirs', { teamId: ops.id });
  expect(issueOf(fake.store, 'ENG-2').id).toBe(theirs.id);
  await call('save_comment', { issueId: 'ENG-2', body: 'Built.' });
  await call('save_issue', { id: 'ENG-2', title: 'Anew' });
  expect(saidOf(fake, theirs)).toEqual([]);
  expect(fake.store.get('Issue', theirs.id)['title']).toBe('Theirs');
  expect(saidOf(fake, issues[1])).toEqual(['Built.']);
  await close();
});

test('a name that another issue of the project has by now means that one', async () => {
  const { fake, tracker, project, issues, ops, call, close } = await aScene();
  await using _ = fake;
  renameTeam(fake.store, 'ENG', 'DEV');
  fake.store.update(ops, { key: 'ENG', issueCount: 1 });
  const late = byHand(fake, 'Late', { teamId: ops.id, projectId: project.id });
  await call('save_comment', { issueId: 'ENG-2', body: 'Built.' });
  expect(saidOf(fake, late)).toEqual(['Built.']);
  expect(saidOf(fake, issues[1])).toEqual([]);
  expect((await namesOf(tracker)).get(`ENG-2-${late.id.slice(0, 8)}`)).toBe('ENG-2');
  await close();
});
