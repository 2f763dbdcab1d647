import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issueCountOf, withIssueCount } from '../../src/demo/issue-count.ts';
import { templatesIn } from '../../src/prompts/find.ts';

const prompt = (text: string) => ({
  name: 'initializer_prompt',
  path: 'initializer_prompt.md',
  text,
});

test('R-024 the shipped prompt asks for 50 issues', async () => {
  const shipped = templatesIn([join(import.meta.dirname, '../../prompts')]);
  expect(issueCountOf(await shipped('initializer_prompt'))).toBe(50);
});

test('R-141 the number before the word "issues" counts, and can be replaced', () => {
  const edited = prompt('In step 2, make 12 issues, each of 1 session. Then 3 issues more.');
  expect(issueCountOf(edited)).toBe(12);
  const other = withIssueCount(edited, 8);
  expect(other.text).toBe('In step 2, make 8 issues, each of 1 session. Then 3 issues more.');
});

test.each(['no number', 'make 0 issues', 'make 501 issues', 'make 99999 issues', 'issues: 7'])(
  'a prompt without a usable number is refused by name: %s',
  (text) => {
    expect(() => issueCountOf(prompt(text))).toThrow(/initializer_prompt\.md names no number/u);
  },
);
