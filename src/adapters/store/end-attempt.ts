import { eq, sql, type SQL } from 'drizzle-orm';
import type { Attempt, AttemptEnd } from '../../domain/attempt.ts';
import { subjectOf, type HarnessEvent } from '../../domain/event.ts';
import { afterEnd, type EndRules, type ItemMove, type Wait, writesFor } from './after-end.ts';
import { isItem, ITEM, lockItem } from './item-row.ts';
import { queueWrites } from './outbox.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

interface Ending {
  readonly end: AttemptEnd;
  readonly rules: EndRules;
  /** What the tracker is told of a success, in place of the commit alone. */
  readonly note?: string | undefined;
}

interface Failing {
  readonly key: string;
  readonly failures: number;
}

/**
 * Ends a locked attempt and its session, moves its item and queues what the tracker should hear.
 * Returns the events: the item's, then `attempt.ended`.
 */
export async function endAttempt(
  tx: Tx,
  attempt: Attempt,
  { end, rules, note }: Ending,
): Promise<readonly HarnessEvent[]> {
  const endedAt = sql`now()`;
  await tx.db.update(t.attempt).set({ end, endedAt }).where(eq(t.attempt.id, attempt.id));
  await tx.db.update(t.session).set({ endedAt }).where(eq(t.session.attemptId, attempt.id));
  const decide = (item: Failing): ItemMove => afterEnd(item, end, rules);
  const moved = await moveItem(tx, attempt, { decide, note });
  return [...moved, { type: 'attempt.ended', subject: subjectOf(attempt), end }];
}

async function moveItem(
  tx: Tx,
  { id, projectId, itemKey }: Attempt,
  {
    decide,
    note,
  }: { readonly decide: (item: Failing) => ItemMove; readonly note: string | undefined },
): Promise<readonly HarnessEvent[]> {
  if (itemKey === null) return [];
  const item = await lockItem(tx, projectId, itemKey);
  // A person decided meanwhile, and that wins.
  if (item.status !== 'in_progress') return [];
  const move = decide(item);
  const [moved] = await tx.db
    .update(t.item)
    .set({ ...columnsOf(move), updatedAt: sql`now()` })
    .where(isItem(projectId, itemKey))
    .returning(ITEM);
  await queueWrites(tx, projectId, writesFor(itemKey, move, { attemptId: id, note }));
  return [eventOf(itemKey, move, { attempt: id, notBefore: moved?.notBefore ?? null })];
}

function columnsOf(move: ItemMove) {
  const { to: status } = move;
  if (status === 'done') return { status, commit: move.commit, reason: null, notBefore: null };
  const { reason, failures } = move;
  const failed = failures === undefined ? {} : { failures, feedback: reason };
  const notBefore = status === 'todo' ? timeAfter(move.wait) : null;
  return { status, reason, notBefore, ...failed };
}

function timeAfter(wait: Wait): string | SQL | null {
  if (wait === null) return null;
  return 'until' in wait ? wait.until : sql`now() + ${wait.ms} * interval '1 ms'`;
}

function eventOf(
  item: string,
  move: ItemMove,
  { attempt, notBefore }: { readonly attempt: string; readonly notBefore: string | null },
): HarnessEvent {
  if (move.to === 'done') return { type: 'item.done', item, attempt, commit: move.commit };
  const { reason } = move;
  if (move.to === 'blocked') return { type: 'item.blocked', item, reason, by: 'harness' };
  return { type: 'item.returned', item, reason, notBefore };
}
