import { and, asc, eq, isNull, or } from 'drizzle-orm';
import type { Approval } from '../../domain/approval.ts';
import * as t from './schema.ts';
import type { Queries } from './transaction.ts';

/** The columns that make an Approval. */
export const APPROVAL = {
  id: t.approval.id,
  projectId: t.approval.projectId,
  runId: t.approval.runId,
  phase: t.approval.phase,
  attempt: t.approval.attempt,
  stateHash: t.approval.stateHash,
  question: t.approval.question,
  change: t.approval.change,
  askedAt: t.approval.askedAt,
  answer: t.approval.answer,
};

/** The question of this id, answered or not. */
export async function findApproval(db: Queries, id: string): Promise<Approval | undefined> {
  const [approval] = await db.select(APPROVAL).from(t.approval).where(eq(t.approval.id, id));
  return approval;
}

/** Unanswered, oldest first; a question about an item that a person took out of the queue is moot. */
export function listPending(db: Queries, runId: string): Promise<Approval[]> {
  const ofItem = and(
    eq(t.item.projectId, t.approval.projectId),
    eq(t.item.key, t.approval.itemKey),
  );
  return db
    .select(APPROVAL)
    .from(t.approval)
    .leftJoin(t.item, ofItem)
    .where(
      and(
        eq(t.approval.runId, runId),
        isNull(t.approval.answer),
        or(isNull(t.approval.itemKey), eq(t.item.status, 'todo')),
      ),
    )
    .orderBy(asc(t.approval.askedAt), asc(t.approval.id));
}
