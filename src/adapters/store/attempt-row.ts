import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Attempt, Fence } from '../../domain/attempt.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

/** The columns that make an Attempt. */
export const ATTEMPT = {
  id: t.attempt.id,
  projectId: t.attempt.projectId,
  runId: t.attempt.runId,
  phase: t.attempt.phase,
  role: t.attempt.role,
  itemKey: t.attempt.itemKey,
  number: t.attempt.number,
  sessionId: t.attempt.sessionId,
  fence: t.attempt.fence,
  end: t.attempt.end,
  startedAt: t.attempt.startedAt,
  endedAt: t.attempt.endedAt,
};

/**
 * The attempt, if `fence` is its newest execution's and it has not ended (I2). `share` keeps it so
 * until the end of the transaction and lets writers of the same execution in; `no key update` lets
 * nobody in.
 */
export async function lockOwn(
  { db }: Tx,
  fence: Fence,
  strength: 'share' | 'no key update',
): Promise<Attempt | undefined> {
  const [attempt] = await db
    .select(ATTEMPT)
    .from(t.attempt)
    .where(
      and(
        eq(t.attempt.id, fence.attemptId),
        eq(t.attempt.fence, fence.number),
        // 0 was never taken by anybody.
        gt(t.attempt.fence, 0),
        isNull(t.attempt.endedAt),
      ),
    )
    .for(strength);
  return attempt;
}

/** Opens an attempt and its session; undefined when its id is known already. */
export async function insertAttempt(
  { db }: Tx,
  row: Omit<typeof t.attempt.$inferInsert, 'fence' | 'end' | 'owner' | 'startedAt' | 'endedAt'>,
): Promise<Attempt | undefined> {
  const [attempt] = await db
    .insert(t.attempt)
    .values(row)
    .onConflictDoNothing({ target: t.attempt.id })
    .returning(ATTEMPT);
  if (attempt === undefined) return undefined;
  const { id: attemptId, projectId, role, itemKey } = attempt;
  await db.insert(t.session).values({ attemptId, projectId, role, itemKey });
  return attempt;
}

/** The sign of life that watchers look at. */
export async function markAlive({ db }: Tx, attemptId: string, model?: string): Promise<void> {
  await db
    .update(t.session)
    .set({ lastEventAt: sql`now()`, ...(model === undefined ? {} : { model }) })
    .where(eq(t.session.attemptId, attemptId));
}
