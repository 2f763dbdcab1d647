import type { LinearClient } from './client.ts';
import { COMMENT_BODY, CREATE_COMMENT, WITH_MARKS } from './documents.ts';
import { hasCode } from '../../../domain/errors.ts';
import { unknownItem } from '../rules.ts';
import { TAKEN } from './ends.ts';
import type { Card } from './board.ts';
import { idOf } from './ids.ts';
import type { Head } from './item.ts';
import { readMark, withMark } from './marks.ts';
import type { Mark } from './marks.ts';
import { issueIdOf, recordOf } from './record.ts';
import type { Home } from './record.ts';
import { commentMadeShape, issuesShape, marksShape } from './shapes.ts';
import { wholeOnes } from './whole.ts';

/**
 * Claims of one item are numbered comments, each with an id that follows from issue and number, and
 * so are their ends. Linear takes each id once: of all that want to make the next claim, or end one,
 * one does.
 */
export interface Held extends Card {
  readonly head: Head;
}

export const claimIdOf = (issueId: string, fence: number): string => idOf('claim', issueId, fence);
export const endIdOf = (issueId: string, fence: number): string => idOf('end', issueId, fence);

/** Numbers looked for at once: an item is seldom claimed more often. */
const WINDOW = 6;

/** The item with its newest claim, read from the comments themselves. Throws `ITEM_UNKNOWN`. */
export async function readHeld(client: LinearClient, home: Home, key: string): Promise<Held> {
  const id = issueIdOf(home, key);
  for (let from = 1; ;) {
    const numbers = Array.from({ length: WINDOW }, (_, index) => from + index);
    const marks = numbers.flatMap((n) => [claimIdOf(id, n), endIdOf(id, n)]);
    const found = await client.ask({
      document: WITH_MARKS,
      variables: { id, marks },
      shape: issuesShape,
    });
    const [issue] = await wholeOnes(client, found);
    const record = issue && issue.trashed !== true ? recordOf(home, issue) : undefined;
    if (issue === undefined || record === undefined) throw unknownItem(key);
    const bodies = new Map(issue.comments?.nodes.map((one) => [one.id, one.body]));
    const newest = numbers.findLast((n) => bodies.has(claimIdOf(id, n))) ?? 0;
    const last = from + WINDOW - 1;
    const next = Math.max(newest, record.fence);
    if (newest !== last && next <= last)
      return { home, issue, record, head: headOf(issue, { record, newest, bodies }) };
    from = next;
  }
}

interface Found {
  readonly record: Card['record'];
  readonly newest: number;
  readonly bodies: ReadonlyMap<string, string>;
}

/** A comment that a person removed counts as the record has it. */
function headOf(issue: Card['issue'], { record, newest, bodies }: Found): Head {
  const { fence, open, owner, end } = record;
  if (newest < fence) return { fence, open, owner, end };
  if (newest === 0) return { fence: 0, open: 0, owner: '', end: '' };
  const claim = markIn(bodies.get(claimIdOf(issue.id, newest)));
  const ended = markIn(bodies.get(endIdOf(issue.id, newest)));
  const holder = claim?.kind === 'claim' ? claim.owner : newest === fence ? owner : '(unreadable)';
  if (ended?.kind === 'end') return { fence: newest, open: 0, owner: holder, end: ended.status };
  if (newest === fence && open === 0) return { fence, open, owner, end };
  return { fence: newest, open: 1, owner: holder, end: '' };
}

function markIn(body: string | undefined): Mark | undefined {
  return body === undefined ? undefined : readMark(body)?.mark;
}

/** What stands under an id after this: our mark, or that of whoever was first; undefined: it was removed. */
export async function writeOnce(
  client: LinearClient,
  order: {
    readonly id: string;
    readonly issueId: string;
    readonly text: string;
    readonly mark: Mark;
  },
): Promise<Mark | undefined> {
  const { id, issueId, text, mark } = order;
  try {
    const made = await client.ask({
      document: CREATE_COMMENT,
      variables: { input: { id, issueId, body: withMark(text, mark) } },
      shape: commentMadeShape,
    });
    return readMark(made.body)?.mark ?? mark;
  } catch (error) {
    if (!hasCode(error, TAKEN)) throw error;
  }
  const [found] = await client.ask({
    document: COMMENT_BODY,
    variables: { ids: [id] },
    shape: marksShape,
  });
  return markIn(found?.body);
}
