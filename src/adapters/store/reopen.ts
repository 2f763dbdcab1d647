import { and, asc, eq, inArray, isNull, notExists, sql } from 'drizzle-orm';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Run, RunSettings } from '../../domain/run.ts';
import { ATTEMPT } from './attempt-row.ts';
import { endAttempt } from './end-attempt.ts';
import { queueWrites } from './outbox.ts';
import { keysOf, RUN, unknownRun } from './run-row.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

const REASON = 'the run was opened again';

/** Turns a locked, ended run into the next generation of itself; returns it and what happened. */
export async function openAgain(
  tx: Tx,
  before: Run,
  settings: Partial<RunSettings>,
): Promise<{ readonly run: Run; readonly events: readonly HarnessEvent[] }> {
  const [run] = await tx.db
    .update(t.run)
    .set({
      status: 'running',
      reason: null,
      control: null,
      endedAt: null,
      generation: before.generation + 1,
      settings: { ...before.settings, ...settings },
    })
    .where(eq(t.run.id, before.id))
    .returning(RUN);
  if (run === undefined) return unknownRun(before.id);
  await openPhases(tx, run);
  const events: HarnessEvent[] = [
    ...(await abortAttempts(tx, run)),
    ...(await freeItems(tx, run)),
    { type: 'run.resumed', generation: run.generation },
    { type: 'run.status', status: run.status, reason: run.reason },
  ];
  return { run, events };
}

/**
 * Attempts go on counting, also for a failed phase: their numbers name approvals and sessions. A
 * phase that waits for an approval keeps waiting: what it made is not made again.
 */
async function openPhases({ db }: Tx, run: Run): Promise<void> {
  await db
    .update(t.phase)
    .set({ status: 'pending', completedAt: null, error: null })
    .where(and(eq(t.phase.runId, run.id), inArray(t.phase.status, ['running', 'failed'])));
}

/** Attempts of the former generation: whoever still works on one finds its fence gone. */
async function abortAttempts(tx: Tx, run: Run): Promise<readonly HarnessEvent[]> {
  const open = await tx.db
    .select(ATTEMPT)
    .from(t.attempt)
    .where(and(eq(t.attempt.runId, run.id), isNull(t.attempt.endedAt)))
    .orderBy(asc(t.attempt.id))
    .for('no key update');
  const events: HarnessEvent[] = [];
  for (const attempt of open) {
    const end = { status: 'aborted', reason: REASON } as const;
    const rules = { itemMaxAttempts: run.settings.itemMaxAttempts, delayMs: 0 };
    events.push(...(await endAttempt(tx, attempt, { end, rules })));
  }
  return events;
}

/** Items that nobody works on, whatever their row says. */
async function freeItems(tx: Tx, run: Run): Promise<readonly HarnessEvent[]> {
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
  return keys.map((item) => ({ type: 'item.returned', item, reason: REASON, notBefore: null }));
}
