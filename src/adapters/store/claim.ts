import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { byPriority, labelFor, type Priority, SKIPPED } from '../../domain/work-item.ts';
import type { ClaimedItem, ItemRows } from '../../work/run-store.ts';
import { insertAttempt } from './attempt-row.ts';
import { commit } from './commit.ts';
import { isItem, ITEM } from './item-row.ts';
import { queueWrites } from './outbox.ts';
import { keysOf, lockRun } from './run-row.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

type ClaimNext = Parameters<ItemRows['claimNext']>;

/**
 * Everything that must hold before an item may be worked on; an unknown dependency is in the way. A wait
 * that was begun in the future says that the clock was set back since: nobody knows how much of it is left.
 */
const READY = `
  i.run_id = $1 and i.status = 'todo'
  and (i.not_before is null or i.not_before <= now() or i.updated_at > now() + interval '1 minute')
  and not exists (
    select from unnest(i.dependencies) as needed(key) where not exists (
      select from harness.item d
      where d.project_id = i.project_id and d.key = needed.key
        and (d.status = 'done' or d.status = 'blocked' and d.reason like '${SKIPPED}%')))
  and not exists (
    select from harness.attempt a
    where a.project_id = i.project_id and a.item_key = i.key and a.ended_at is null)
  and not exists (
    select from harness.approval q
    where q.run_id = i.run_id and q.item_key = i.key and q.answer is null)`;

const CANDIDATES = `select i.key, i.priority, i.labels from harness.item i where ${READY}`;

const TAKE = `${CANDIDATES} and i.key = $2 for no key update of i skip locked`;

/**
 * Takes the first ready item while the run has a free slot. The run's row lock makes claims of one
 * run follow each other, so the slots are counted right; the index on open attempts is the last word (I2).
 */
export async function claimNext(
  tx: Tx,
  order: ClaimNext[1] & { readonly runId: string },
  also: ClaimNext[2],
): Promise<ClaimedItem | undefined> {
  const run = await lockRun(tx, order.runId);
  if (run.status !== 'running' || run.control !== null) return undefined;
  if (!(await hasSlot(tx, order))) return undefined;
  const key = await takeFirst(tx, run.id, order.labels ?? []);
  if (key === undefined) return undefined;
  const claimed = await openAttempt(tx, { ...order, ...keysOf(run), key });
  const { item, attempt } = claimed;
  await queueWrites(tx, run.projectId, [{ op: 'claim', key, owner: attempt.id }]);
  await also(claimed)(tx.client);
  const claim = { item: item.key, attempt: attempt.id, number: attempt.number };
  await commit(tx, { ...keysOf(run), events: [{ type: 'item.claimed', ...claim }] });
  return claimed;
}

/** Open attempts whose work is only to be proved yet, at most, as a multiple of the agents at work. */
const BACKLOG = 2;

/** Agents count, not proofs: the next agent starts while the harness proves the last one's work. */
async function hasSlot(
  { db }: Tx,
  order: ClaimNext[1] & { readonly runId: string },
): Promise<boolean> {
  const open = and(
    eq(t.attempt.runId, order.runId),
    isNotNull(t.attempt.itemKey),
    isNull(t.attempt.endedAt),
  );
  const atWork = await db.$count(t.attempt, and(open, eq(t.attempt.handedIn, false)));
  if (atWork >= order.parallel) return false;
  return (await db.$count(t.attempt, open)) < order.parallel * BACKLOG;
}

interface Candidate {
  readonly key: string;
  readonly priority: Priority;
  readonly labels: readonly string[];
}

/** The first by `byPriority` with such a label; one that is being edited at this moment is passed over. */
async function takeFirst(
  { client }: Tx,
  runId: string,
  labels: readonly string[],
): Promise<string | undefined> {
  const { rows } = await client.query<Candidate>(CANDIDATES, [runId]);
  const fit = rows.filter((row) => labels.length === 0 || labelFor(row, labels) !== undefined);
  for (const { key } of fit.toSorted(byPriority)) {
    const { rowCount } = await client.query(TAKE, [runId, key]);
    if (rowCount === 1) return key;
  }
  return undefined;
}

async function openAttempt(
  tx: Tx,
  order: ClaimNext[1] & {
    readonly projectId: string;
    readonly runId: string;
    readonly key: string;
  },
): Promise<ClaimedItem> {
  const { projectId, runId, key } = order;
  const [item] = await tx.db
    .update(t.item)
    .set({
      status: 'in_progress',
      attempts: sql`${t.item.attempts} + 1`,
      notBefore: null,
      reason: null,
      updatedAt: sql`now()`,
    })
    .where(isItem(projectId, key))
    .returning(ITEM);
  const attempt =
    item &&
    (await insertAttempt(tx, {
      id: order.attemptId,
      sessionId: order.sessionId,
      projectId,
      runId,
      phase: 'implement',
      role: 'coder',
      itemKey: key,
      number: item.attempts,
    }));
  if (item === undefined || attempt === undefined)
    throw new Error(
      `attempt ${order.attemptId} exists already: every claim needs an id of its own`,
    );
  return { item, attempt };
}
