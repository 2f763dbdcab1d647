import { HarnessError } from '../domain/errors.ts';
import type { Template } from '../prompts/fill.ts';

/** A number of issues, as the initializer's prompt says it: `50 issues`. */
const COUNT = /\b(\d{1,4})(?=\s+issues\b)/iu;

const MOST_ISSUES = 500;

/**
 * How many issues the initializer is asked for: the first number before the word "issues" in its
 * prompt. Throws `PROMPT_COUNT` (exit 2) when there is none, or one that no tracker would bear.
 */
export function issueCountOf({ path, text }: Template): number {
  const count = Number(COUNT.exec(text)?.[1] ?? 0);
  if (count >= 1 && count <= MOST_ISSUES) return count;
  throw new HarnessError(
    'PROMPT_COUNT',
    `${path} names no number of issues from 1 to ${MOST_ISSUES}; write it as in "50 issues"`,
    { exit: 2 },
  );
}

/** The same prompt with another number. */
export function withIssueCount(template: Template, count: number): Template {
  return { ...template, text: template.text.replace(COUNT, String(count)) };
}
