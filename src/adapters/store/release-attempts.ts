import { and, asc, desc, eq, inArray, isNull, notExists, sql } from 'drizzle-orm';
import { isTrouble, type AttemptEnd } from '../../domain/attempt.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Run } from '../../domain/run.ts';
import { ATTEMPT } from './attempt-row.ts';
import { endAttempt } from './end-attempt.ts';
import { queueWrites } from './outbox.ts';
import { keysOf } from './run-row.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

/**
 * Ends every open attempt of a locked run as aborted, with its session, and gives its items back.
 * Whoever still works on one finds its fence gone.
 */
export async function releaseAttempts(
  tx: Tx,
  run: Run,
  reason: string,
): Promise<readonly HarnessEvent[]> {
  return [...(await abortAttempts(tx, run, reason)), ...(await freeItems(tx, run, reason))];
}

async function abortAttempts(tx: Tx, run: Run, reason: string): Promise<readonly HarnessEvent[]> {
  const open = await tx.db
    .select(ATTEMPT)
    .from(t.attempt)
    .where(and(eq(t.attempt.runId, run.id), isNull(t.attempt.endedAt)))
    .orderBy(asc(t.attempt.id))
    .for('no key update');
  const events: HarnessEvent[] = [];
  for (const attempt of open) {
    const end = { status: 'aborted', reason } as const;
    const rules = { itemMaxAttempts: run.settings.itemMaxAttempts, delayMs: 0 };
    events.push(...(await endAttempt(tx, attempt, { end, rules })));
  }
  return events;
}

/** Items that nobody works on, whatever their row says. */
async function freeItems(tx: Tx, run: Run, reason: string): Promise<readonly HarnessEvent[]> {
  const openAttempt = tx.db
    .select({ id: t.attempt.id })
    .from(t.attempt)
    .where(
      and(
        eq(t.attempt.projectId, t.item.projectId),
        eq(t.attempt.itemKey, t.item.key),
        isNull(t.attempt.endedAt),
      ),
    );
  const freed = await tx.db
    .update(t.item)
    .set({ status: 'todo', reason: null, updatedAt: sql`now()` })
    .where(and(eq(t.item.runId, run.id), eq(t.item.status, 'in_progress'), notExists(openAttempt)))
    .returning({ key: t.item.key });
  return tellReturned(tx, run, { keys: freed.map(({ key }) => key), reason });
}

/**
 * Gives back the items of a locked run that trouble of ours or the provider's had blocked: whoever opens the run
 * again has mended it, or wants to see. What a person or the work itself blocked stays so.
 */
export async function returnUnlucky(
  tx: Tx,
  run: Run,
  reason: string,
): Promise<readonly HarnessEvent[]> {
  const blocked = await tx.db
    .select({ key: t.item.key, reason: t.item.reason })
    .from(t.item)
    .where(and(eq(t.item.runId, run.id), eq(t.item.status, 'blocked')))
    .orderBy(asc(t.item.key))
    .for('no key update');
  const keys: string[] = [];
  for (const item of blocked) {
    const end = await lastEndOf(tx, run, item.key);
    if (isTrouble(end) && end !== null && 'reason' in end && end.reason === item.reason)
      keys.push(item.key);
  }
  if (keys.length === 0) return [];
  await tx.db
    .update(t.item)
    .set({ status: 'todo', failures: 0, reason: null, notBefore: null, updatedAt: sql`now()` })
    .where(and(eq(t.item.runId, run.id), inArray(t.item.key, keys)));
  return tellReturned(tx, run, { keys, reason });
}

async function lastEndOf({ db }: Tx, { id }: Run, key: string): Promise<AttemptEnd | null> {
  const [last] = await db
    .select({ end: t.attempt.end })
    .from(t.attempt)
    .where(and(eq(t.attempt.runId, id), eq(t.attempt.itemKey, key)))
    .orderBy(desc(t.attempt.number))
    .limit(1);
  return last?.end ?? null;
}

async function tellReturned(
  tx: Tx,
  run: Run,
  { keys, reason }: { readonly keys: readonly string[]; readonly reason: string },
): Promise<readonly HarnessEvent[]> {
  const sorted = keys.toSorted();
  await queueWrites(
    tx,
    keysOf(run).projectId,
    sorted.map((key) => ({ op: 'release', key, owner: run.id })),
  );
  return sorted.map((item) => ({ type: 'item.returned', item, reason, notBefore: null }));
}
