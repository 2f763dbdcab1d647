import { describe, expect, test } from 'vitest';
import { isOffered, refusalOf } from '../../src/demo/issue-rights.ts';

const facts = {
  project: { id: 'p-1', name: 'Shop' },
  holds: async (issues: readonly string[]) => issues.every((one) => /^APP-[12]$/u.test(one)),
};

describe('tools are offered by verb and noun', () => {
  test.each([
    ['list_issues', true, true],
    ['get_issue', true, true],
    ['list_comments', true, true],
    ['save_comment', true, true],
    ['create_comment', true, true],
    ['save_issue', true, false],
    ['create_issue', true, false],
    ['save_project', true, false],
    ['list_teams', true, false],
    ['delete_issue', false, false],
    ['delete_comment', false, false],
    ['archive_project', false, false],
    ['save_initiative', false, false],
    ['list_users', false, false],
    ['update_issue_state', false, false],
    ['save_issue; rm', false, false],
  ])('%s: initializer %s, coder %s', (tool, make, work) => {
    expect([isOffered(tool, 'make'), isOffered(tool, 'work')]).toEqual([make, work]);
  });
});

describe('I3 claiming, moving and closing are not for agents', () => {
  test.each([
    ['Done', { id: 'APP-1', state: 'Done' }],
    ['a state of another name', { id: 'APP-1', state: 'Shipped' }],
    ['In Progress', { id: 'APP-1', status: 'In Progress' }],
    ['back to Todo', { id: 'APP-1', state: 'Todo' }],
    ['back to the backlog', { id: 'APP-1', status: 'Backlog' }],
    ['a state’s id', { id: 'APP-1', state: 'f3b1c1f0-0000-4000-8000-000000000000' }],
    ['a duplicate, which closes', { id: 'APP-1', duplicateOf: 'APP-2' }],
    ['the archive', { id: 'APP-1', archived: true }],
    ['somebody else’s', { id: 'APP-1', assignee: 'me' }],
    ['an unknown key', { id: 'APP-1', stateId: 'x' }],
    ['a state that is no text', { id: 'APP-1', state: { name: 'Done' } }],
  ])('%s', async (_, input) => {
    expect(await refusalOf({ tool: 'save_issue', input }, facts)).not.toBeNull();
  });

  test.each([
    ['labels, which replace what blocks it', { id: 'APP-1', labels: [] }],
    ['others', { id: 'APP-1', labels: ['ui'] }],
    ['the label that blocks', { title: 'A - b', project: 'Shop', labels: ['ui', 'Blocked'] }],
    ['in other letters', { title: 'A - b', project: 'Shop', labels: [' bLOCKED '] }],
    [
      'by its id',
      { title: 'A - b', project: 'Shop', labels: ['f3b1c1f0-0000-4000-8000-000000000000'] },
    ],
    ['labels that are no list', { title: 'A - b', project: 'Shop', labels: 'Blocked' }],
  ])('nor is blocking, or freeing: %s', async (_, input) => {
    expect(await refusalOf({ tool: 'save_issue', input }, facts)).not.toBeNull();
  });

  test('a new issue has labels of its own', async () => {
    const input = { title: 'A - b', project: 'Shop', labels: ['ui', 'blocked by design'] };
    expect(await refusalOf({ tool: 'save_issue', input }, facts)).toBeNull();
  });

  test('a new issue begins as Todo, in the run’s project', async () => {
    const issue = { title: 'Auth - Login', project: 'Shop', team: 'ENG', state: 'Todo' };
    expect(await refusalOf({ tool: 'save_issue', input: issue }, facts)).toBeNull();
    const elsewhere = { ...issue, project: 'Payroll' };
    expect(await refusalOf({ tool: 'save_issue', input: elsewhere }, facts)).toContain('Shop');
    const nowhere = { title: 'Auth - Login', team: 'ENG' };
    expect(await refusalOf({ tool: 'save_issue', input: nowhere }, facts)).toContain('Shop');
    const early = { ...facts, project: null };
    expect(await refusalOf({ tool: 'save_issue', input: issue }, early)).toContain('project first');
  });
});

test('what is not of the run’s project is not touched', async () => {
  const comment = { issueId: 'PAY-7', body: 'x' };
  expect(await refusalOf({ tool: 'save_comment', input: comment }, facts)).toContain('not of the');
  const own = { issueId: 'APP-1', body: 'x' };
  expect(await refusalOf({ tool: 'save_comment', input: own }, facts)).toBeNull();
  const edit = { id: 'c-1', issueId: 'APP-1', body: 'x' };
  expect(await refusalOf({ tool: 'save_comment', input: edit }, facts)).toContain('Leave out id');
  const foreign = { id: 'PAY-7', title: 'x' };
  expect(await refusalOf({ tool: 'save_issue', input: foreign }, facts)).toContain('not of the');
});

describe('I3 of two names of one thing each is looked at, and they say the same', () => {
  test.each([
    ['save_issue', { id: 'APP-1', state: 'Todo', status: 'Done' }],
    ['save_issue', { id: 'APP-1', state: 'Done', status: 'Todo' }],
    ['save_issue', { id: 'APP-1', state: 'Todo', status: 'Backlog' }],
    ['save_issue', { title: 'A - b', project: 'Shop', projectId: 'p-2' }],
    ['save_issue', { title: 'A - b', project: 'Payroll', projectId: 'p-1' }],
    ['save_issue', { title: 'A - b', project: 'Shop', team: 'ENG', teamId: 'PAY' }],
    ['save_comment', { issueId: 'APP-1', issue: 'PAY-7', body: 'x' }],
    ['save_comment', { issueId: 'PAY-7', issue: 'APP-1', body: 'x' }],
    ['save_comment', { issueId: 'APP-1', issue: 'APP-2', body: 'x' }],
  ])('%s %j is refused', async (tool, input) => {
    expect(await refusalOf({ tool, input }, facts)).not.toBeNull();
  });

  test.each([
    ['save_issue', { title: 'A - b', project: 'Shop', projectId: 'p-1', state: 'Todo' }],
    ['save_issue', { title: 'A - b', project: 'Shop', state: 'Todo', status: 'Todo' }],
    ['save_comment', { issueId: 'APP-1', issue: 'APP-1', body: 'x' }],
  ])('%s %j is let through', async (tool, input) => {
    expect(await refusalOf({ tool, input }, facts)).toBeNull();
  });
});

describe('I3 nothing reaches out of the run’s project', () => {
  const issue = { title: 'A - b', project: 'Shop', team: 'ENG' };

  test.each([
    ['a parent of elsewhere', 'save_issue', { ...issue, parentId: 'PAY-7' }],
    ['what elsewhere has to be done first', 'save_issue', { ...issue, blockedBy: ['PAY-8'] }],
    ['one of several', 'save_issue', { ...issue, blockedBy: ['APP-1', 'PAY-8'] }],
    ['not a list', 'save_issue', { ...issue, blockedBy: 'PAY-8' }],
    ['of an issue that is there', 'save_issue', { id: 'APP-1', blockedBy: ['PAY-8'] }],
    ['its parent', 'save_issue', { id: 'APP-1', parentId: 'PAY-7' }],
    ['another team', 'save_issue', { id: 'APP-1', team: 'PAY' }],
    ['its id', 'save_issue', { id: 'APP-1', teamId: 'pay' }],
    ['the project in another team', 'save_project', { id: 'p-1', setTeams: ['PAY'] }],
    ['in one more', 'save_project', { id: 'p-1', addTeams: ['PAY'] }],
    ['by ids', 'save_project', { id: 'p-1', teamIds: ['pay'] }],
    ['by one', 'save_project', { id: 'p-1', team: 'PAY' }],
    ['by its id', 'save_project', { id: 'p-1', teamId: 'pay' }],
    ['a thread of elsewhere', 'save_comment', { issueId: 'APP-1', body: 'x', parentId: 'c-9' }],
  ])('%s', async (_, tool, input) => {
    expect(await refusalOf({ tool, input }, facts)).not.toBeNull();
  });

  test.each([
    ['save_issue', { ...issue, parentId: 'APP-1', blockedBy: ['APP-1', 'APP-2'] }],
    ['save_issue', { ...issue, parentId: null, blockedBy: [] }],
    ['save_issue', { id: 'APP-1', blockedBy: ['APP-2'] }],
    ['save_project', { id: 'p-1', description: 'More.' }],
  ])('within it: %s %j', async (tool, input) => {
    expect(await refusalOf({ tool, input }, facts)).toBeNull();
  });
});

test('R-023 there is one project', async () => {
  const another = { name: 'Second shop' };
  expect(await refusalOf({ tool: 'save_project', input: another }, facts)).toContain('Shop (p-1)');
  const first = { ...facts, project: null };
  expect(await refusalOf({ tool: 'save_project', input: another }, first)).toBeNull();
  const stolen = { id: 'p-2', name: 'Payroll' };
  expect(await refusalOf({ tool: 'save_project', input: stolen }, first)).not.toBeNull();
});
