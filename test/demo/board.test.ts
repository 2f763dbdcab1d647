import { expect, test } from 'vitest';
import { addedTo, readBoard } from '../../src/demo/board.ts';
import { META_TITLE } from '../../src/domain/demo.ts';
import { aBoard, anIssue, META } from './an-issue.ts';

const faults = (...parameters: Parameters<typeof readBoard>): string => {
  const answer = readBoard(...parameters);
  return answer.ok ? '' : answer.faults.join(' ');
};

test('R-024 R-025 issues become work items, the one about progress says what proves the whole', () => {
  const first = anIssue({ key: 'APP-1', dependencies: ['OTHER-9', 'APP-1'] });
  const second = anIssue({ key: 'APP-2', title: 'Auth - Logout', dependencies: ['APP-1'] });
  expect(readBoard(aBoard([first, second, META]), 2)).toEqual({
    ok: true,
    board: {
      metaKey: META.key,
      projectCheck: 'npm test',
      drafts: [
        expect.objectContaining({ key: 'APP-1', dependencies: [] }),
        expect.objectContaining({ key: 'APP-2', dependencies: ['APP-1'] }),
      ],
    },
  });
});

test('R-141 another number than was asked for goes back to the initializer', () => {
  expect(faults(aBoard([anIssue(), META]), 2)).toContain('1 issues instead of 2: make the missing');
  const many = [1, 2, 3].map((n) => anIssue({ key: `APP-${n}`, title: `Area - ${n}` }));
  expect(faults(aBoard([...many, META]), 2)).toContain('3 issues instead of 2: a person');
});

test('a title of several lines is one line of text', () => {
  const title = 'Auth - Login\n\n## Checks\u2028\u001b[2J\ttrue';
  const answer = readBoard(aBoard([anIssue({ title }), META]), 1);
  expect(answer.ok && answer.board.drafts[0]?.title).toBe('Auth - Login ## Checks [2J true');
});

test('what a person called off does not count', () => {
  const off = anIssue({ key: 'APP-2', title: 'Auth - Logout', cancelled: true });
  expect(readBoard(aBoard([anIssue(), off, META]), 1).ok).toBe(true);
});

test.each([
  ['a title without an area', anIssue({ title: 'Login' }), 'Area - feature'],
  ['no description', anIssue({ description: '' }), 'its description is empty'],
  ['no checks', anIssue({ description: 'x'.repeat(50) }), 'no section "Checks"'],
  ['unreadable checks', anIssue({ description: `${'x'.repeat(50)}\n## Checks\n` }), 'fenced block'],
])('an issue that nobody could work on is named: %s', (_, issue, said) => {
  expect(faults(aBoard([issue, META]), 1)).toContain(said);
});

test('two issues of one title, no issue about progress, two of them: each is said', () => {
  const twin = anIssue({ key: 'APP-2', title: ' auth - login flow ' });
  expect(faults(aBoard([anIssue(), twin, META]), 2)).toContain(
    'APP-1 and APP-2 have the same title',
  );
  expect(faults(aBoard([anIssue()]), 1)).toContain(`no issue "${META_TITLE}"`);
  const second = { ...META, key: 'APP-99' };
  expect(faults(aBoard([anIssue(), META, second]), 1)).toContain('There are 2 issues');
  const two = anIssue({ ...META, description: '## Checks\n```\na\nb\n```' });
  expect(faults(aBoard([anIssue(), two]), 1)).toContain('the one command of the whole project');
});

test('issues that wait for each other are found before any money is spent on them', () => {
  const one = anIssue({ key: 'APP-1', dependencies: ['APP-2'] });
  const two = anIssue({ key: 'APP-2', title: 'Auth - Logout', dependencies: ['APP-1'] });
  expect(faults(aBoard([one, two, META]), 2)).toContain('wait for each other');
});

test('what people added is work: not what is known, under way, called off or about progress', () => {
  const issues = [
    anIssue({ key: 'APP-1' }),
    anIssue({ key: 'APP-2', title: 'By hand', description: 'Just a wish.' }),
    anIssue({ key: 'APP-3', status: 'in_progress' }),
    anIssue({ key: 'APP-4', cancelled: true }),
    META,
  ];
  const added = addedTo(issues, new Set(['APP-1']));
  expect(added).toEqual([expect.objectContaining({ key: 'APP-2', checks: [] })]);
});
