import { and, asc, eq, isNull, notExists, sql } from 'drizzle-orm';
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
  const keys = freed.map(({ key }) => key).toSorted();
  await queueWrites(
    tx,
    keysOf(run).projectId,
    keys.map((key) => ({ op: 'release', key, owner: run.id })),
  );
  return keys.map((item) => ({ type: 'item.returned', item, reason, notBefore: null }));
}
