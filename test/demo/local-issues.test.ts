import { expect, test } from 'vitest';
import { z } from 'zod';
import { openMemoryTracker } from '../../src/adapters/trackers/memory.ts';
import { thereIn } from '../../src/demo/already-there.ts';
import { guarded } from '../../src/demo/guarded.ts';
import type { IssueRights } from '../../src/demo/issue-rights.ts';
import { issuesMeant } from '../../src/demo/issues-meant.ts';
import { localIssues } from '../../src/demo/local-issues.ts';
import type { TrackerProject } from '../../src/domain/demo.ts';

const Result = z.object({
  content: z.array(z.object({ text: z.string() })),
  isError: z.boolean().default(false),
});

function aDesk(rights: IssueRights, tracker = openMemoryTracker()) {
  const kept: TrackerProject[] = [];
  const project = async (): Promise<TrackerProject | null> => kept.at(-1) ?? null;
  let id = 0;
  const upstream = guarded(
    localIssues({
      tracker,
      project,
      projectId: 'local-1',
      author: 'initializer',
      newId: () => `c${(id += 1)}`,
    }),
    {
      rights,
      project,
      keep: async (made) => void kept.push(made),
      team: async () => null,
      mark: null,
      there: { project: async () => undefined, ...thereIn(async () => tracker) },
      meant: (said) => issuesMeant(tracker, said),
    },
  );
  const call = async (tool: string, input: Record<string, unknown> = {}) => {
    const { signal } = new AbortController();
    const result = await upstream.call({ tool, input, signal });
    const { content, isError } = Result.parse(result);
    const text = content[0]?.text ?? '';
    const value: unknown = isError ? `refused: ${text}` : JSON.parse(text);
    return value;
  };
  return { upstream, tracker, kept, call };
}

const ISSUE = { title: 'Auth - Login', project: 'Shop', team: 'Local', priority: 1, state: 'Todo' };

test('R-022 R-023 an initializer makes the project and its issues, and sees them listed', async () => {
  const desk = aDesk('make');
  expect(await desk.call('list_teams')).toMatchObject({ teams: [{ name: 'Local' }] });
  expect(await desk.call('list_projects')).toEqual({ projects: [] });
  await desk.call('save_project', { name: 'Shop', description: 'Sells.', addTeams: ['Local'] });
  expect(desk.kept).toEqual([
    { id: 'local-1', name: 'Shop', description: 'Sells.', teamId: 'local', metaKey: null },
  ]);
  expect(await desk.call('list_projects')).toMatchObject({ projects: [{ name: 'Shop' }] });
  const titles = ['A - one', 'A - two', 'A - three'];
  await Promise.all(titles.map((title) => desk.call('save_issue', { ...ISSUE, title })));
  expect((await desk.tracker.list()).map(({ key, title }) => [key, title])).toEqual([
    ['APP-1', 'A - one'],
    ['APP-2', 'A - two'],
    ['APP-3', 'A - three'],
  ]);
  expect(await desk.call('list_issues', { state: 'Todo', limit: 2 })).toMatchObject({
    issues: [{ id: 'APP-1', state: 'Todo' }, { id: 'APP-2' }],
    hasNextPage: true,
    total: 3,
  });
});

test('an issue is changed, read in full and commented on; what does not exist is an error', async () => {
  const desk = aDesk('make');
  await desk.call('save_project', { name: 'Shop' });
  await desk.call('save_issue', ISSUE);
  await desk.call('save_issue', { id: 'APP-1', description: 'More.', priority: 3 });
  expect(await desk.call('get_issue', { id: 'APP-1' })).toMatchObject({
    title: 'Auth - Login',
    description: 'More.',
    priority: 3,
  });
  await desk.call('save_comment', { issueId: 'APP-1', body: 'Tried it.' });
  expect(await desk.call('list_comments', { issueId: 'APP-1' })).toMatchObject({
    comments: [{ by: 'initializer', body: 'Tried it.' }],
  });
  expect(await desk.call('get_issue', { id: 'NONE' })).toMatch(/^refused: there is no work item/u);
  expect(await desk.call('save_issue', { ...ISSUE, title: 'C - d', priority: 9 })).toMatch(
    /^refused: /u,
  );
  expect(await desk.call('save_issue', { ...ISSUE, title: '' })).toMatch(/^refused: /u);
});

test('I3 a coder reads and comments; nothing else is offered to it', async () => {
  const made = aDesk('make');
  await made.call('save_project', { name: 'Shop' });
  await made.call('save_issue', ISSUE);
  const desk = aDesk('work', made.tracker);
  expect(desk.upstream.tools.map(({ name }) => name)).toEqual([
    'list_issues',
    'get_issue',
    'list_comments',
    'save_comment',
  ]);
  expect(await desk.call('save_comment', { issueId: 'APP-1', body: 'x' })).toEqual({ id: 'c1' });
  expect(await desk.call('save_comment', { issueId: 'PAY-1', body: 'x' })).toMatch(/^refused/u);
});

test('the tools of a coder take little of its mind', () => {
  const bytes = JSON.stringify(aDesk('work').upstream.tools).length;
  expect(bytes).toBeLessThan(1500);
});

test('I6 what a session made before it was interrupted is not made again by the next', async () => {
  const first = aDesk('make');
  await first.call('save_project', { name: 'Shop', addTeams: ['Local'] });
  await first.call('save_issue', ISSUE);
  const again = await first.call('save_issue', { ...ISSUE, title: ' auth -  login ' });
  expect(again).toMatchObject({ id: 'APP-1', note: expect.stringContaining('exists already') });
  await Promise.all([1, 2, 3].map(() => first.call('save_issue', { ...ISSUE, title: 'B - new' })));
  expect(await first.tracker.list()).toHaveLength(2);
  for (const body of ['* Built.', '- Built.', 'Built more.'])
    await first.call('save_comment', { issueId: 'APP-1', body });
  const said = (await first.tracker.comments('APP-1')).map(({ text }) => text);
  expect(said).toEqual(['* Built.', 'Built more.']);
  // Changing one is no making.
  await first.call('save_issue', { id: 'APP-2', title: 'Auth - Login' });
  expect((await first.tracker.get('APP-2')).title).toBe('Auth - Login');
});
