import { hasCode } from '../../../domain/errors.ts';
import type { TrackerComment } from '../../../work/tracker.ts';
import { unknownItem } from '../rules.ts';
import { issuesById } from './board.ts';
import { COMMENTS, CREATE_COMMENT, UPDATE_COMMENT } from './documents.ts';
import { TAKEN, unreachable } from './ends.ts';
import { idOf } from './ids.ts';
import type { Linear } from './linear.ts';
import { readMark, shownText, withMark } from './marks.ts';
import type { Mark } from './marks.ts';
import { issueIdOf, recordOf } from './record.ts';
import type { Home } from './record.ts';
import { commentMadeShape, doneShape, remarkPageShape } from './shapes.ts';
import type { Remark } from './shapes.ts';

type NewComment = Omit<TrackerComment, 'at'>;

const commentIdOf = (issueId: string, id: string): string => idOf('comment', issueId, id);

/** One comment however often it is tried: its id follows from ours. */
export async function comment(
  linear: Linear,
  home: Home,
  { key, id, author, text }: NewComment & { readonly key: string },
): Promise<void> {
  const issueId = await knownIssue(linear, home, key);
  const mark: Mark = { kind: 'comment', id, author };
  const body = withMark(shownText(text), mark);
  try {
    const made = await linear.client.ask({
      document: CREATE_COMMENT,
      variables: { input: { id: commentIdOf(issueId, id), issueId, body } },
      shape: commentMadeShape,
    });
    if (readMark(made.body)?.text === text) return;
  } catch (error) {
    if (!hasCode(error, TAKEN)) throw error;
    return;
  }
  await linear.client.ask({
    document: UPDATE_COMMENT,
    variables: { id: commentIdOf(issueId, id), body: withMark(shownText(text), { ...mark, text }) },
    shape: doneShape,
  });
}

/** What was said about an item, oldest first: by the harness and by people, without the claims. */
export async function comments(
  linear: Linear,
  home: Home,
  key: string,
): Promise<readonly TrackerComment[]> {
  const issueId = await knownIssue(linear, home, key);
  const remarks: Remark[] = [];
  let after: string | null = null;
  for (let page = 0; page < 100; page += 1) {
    const answer: Awaited<ReturnType<typeof pageOf>> = await pageOf(linear, issueId, after);
    remarks.push(...answer.nodes);
    const { hasNextPage, endCursor } = answer.pageInfo;
    if (!hasNextPage) return inOrder(remarks).flatMap((remark) => told(issueId, remark) ?? []);
    if (endCursor === null || endCursor === after) break;
    after = endCursor;
  }
  throw unreachable('pages without end');
}

function pageOf({ client }: Linear, id: string, after: string | null) {
  return client.ask({ document: COMMENTS, variables: { id, after }, shape: remarkPageShape });
}

function inOrder(remarks: readonly Remark[]): readonly Remark[] {
  return remarks.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

function place({ createdAt, id }: Remark): string {
  return `${createdAt} ${id}`;
}

/** A mark counts only under the id that belongs to it: people can write anything. */
function told(issueId: string, remark: Remark): TrackerComment | undefined {
  const { id, body, createdAt: at, user } = remark;
  const found = readMark(body);
  const mark = found?.mark;
  if (found === undefined || mark === undefined || !genuine(issueId, id, mark))
    return { id, author: user?.displayName ?? '', text: body, at };
  if (mark.kind !== 'comment') return undefined;
  return { id: mark.id, author: mark.author, text: mark.text ?? found.text, at };
}

function genuine(issueId: string, id: string, mark: Mark): boolean {
  return (
    id ===
    (mark.kind === 'comment' ? commentIdOf(issueId, mark.id) : idOf(mark.kind, issueId, mark.fence))
  );
}

async function knownIssue({ client }: Linear, home: Home, key: string): Promise<string> {
  const id = issueIdOf(home, key);
  const issue = (await issuesById(client, [id])).get(id);
  if (issue === undefined || issue.trashed === true || recordOf(home, issue) === undefined)
    throw unknownItem(key);
  return id;
}
