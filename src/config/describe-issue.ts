import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a section of keys',
  record: 'a section of keys',
  array: 'a list',
};

/** What a value must be, as the rest of a sentence that begins with its name. Never the value. */
export function describeIssue(issue: Issue): string {
  if (issue.code === 'invalid_type') return `must be ${nouns[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'must be another name';
  if (issue.code === 'too_small' || issue.code === 'too_big') return outOfBounds(issue);
  return issue.message;
}

function outOfBounds(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const words = issue.code === 'too_small' ? ['more than', 'at least'] : ['less than', 'at most'];
  const bound = `${issue.inclusive === true ? words[1] : words[0]} ${limit}`;
  if (issue.origin === 'array') return `must have ${bound} entries`;
  if (issue.origin !== 'string') return `must be ${bound}`;
  return bound === 'at least 1' ? 'must not be empty' : `must have ${bound} characters`;
}
