import { and, asc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import type { Approval, ApprovalAnswer } from '../../domain/approval.ts';
import { HarnessError } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { PhaseStatus } from '../../domain/phase.ts';
import type { ApprovalRows, InTransaction, Question, RunKey } from '../../work/run-store.ts';
import { commit } from './commit.ts';
import { keysOf, lockGeneration, lockRun, moveRun } from './run-row.ts';
import * as t from './schema.ts';
import { type Database, type Queries, transaction, type Tx } from './transaction.ts';

const APPROVAL = {
  id: t.approval.id,
  projectId: t.approval.projectId,
  runId: t.approval.runId,
  phase: t.approval.phase,
  attempt: t.approval.attempt,
  stateHash: t.approval.stateHash,
  question: t.approval.question,
  askedAt: t.approval.askedAt,
  answer: t.approval.answer,
};

export function createApprovalRows({ pool, db }: Database): ApprovalRows {
  return {
    ask: (run, question) => transaction(pool, (tx) => ask(tx, run, question)),
    answer: (id, answer, also) =>
      transaction(pool, (tx) => answerApproval(tx, { id, answer, also })),
    get: (id) => find(db, id),
    pending: (runId) => firstPending(db, runId),
  };
}

async function ask(tx: Tx, key: RunKey, asking: Question): Promise<void> {
  const run = await lockGeneration(tx, key);
  if (run === undefined) return;
  const { id, phase, attempt, stateHash, question } = asking;
  const asked = await tx.db
    .insert(t.approval)
    .values({ ...keysOf(run), id, phase, attempt, stateHash, question })
    .onConflictDoNothing({ target: t.approval.id })
    .returning({ id: t.approval.id });
  if (asked.length === 0) return;
  await movePhase(tx, { runId: run.id, phase }, { from: 'running', to: 'waiting_approval' });
  // A run that is being stopped or has ended stays what it is; the question waits for its resume.
  const waits = run.status === 'running' || run.status === 'pending';
  const moved = waits
    ? await moveRun(tx, run, { status: 'waiting_approval', reason: question })
    : [];
  const event: HarnessEvent = { type: 'approval.asked', phase, id, question };
  await commit(tx, { ...keysOf(run), events: [event, ...moved] });
}

async function answerApproval(
  tx: Tx,
  {
    id,
    answer,
    also,
  }: { readonly id: string; readonly answer: ApprovalAnswer; readonly also: InTransaction },
): Promise<void> {
  const { runId } = (await find(tx.db, id)) ?? stale(id, 'nobody asked for it');
  const run = await lockRun(tx, runId);
  const approval = await lockAnswerable(tx, id);
  await tx.db
    .update(t.approval)
    .set({ answer, answeredAt: sql`now()` })
    .where(eq(t.approval.id, id));
  const moved = await goOn(tx, approval, async () =>
    run.status === 'waiting_approval' ? moveRun(tx, run, { status: 'running', reason: null }) : [],
  );
  await also(tx.client);
  const { kind, by } = answer;
  const reason = kind === 'rejected' ? answer.reason : null;
  const { phase } = approval;
  const event: HarnessEvent = { type: 'approval.answered', phase, id, answer: kind, by, reason };
  await commit(tx, { ...keysOf(run), events: [event, ...moved] });
}

/** Locked, unanswered, and not asked again since for a newer state; throws `APPROVAL_STALE` (exit 2). */
async function lockAnswerable({ db }: Tx, id: string): Promise<Approval> {
  const [row] = await db
    .select(APPROVAL)
    .from(t.approval)
    .where(eq(t.approval.id, id))
    .for('no key update');
  const approval = row ?? stale(id, 'nobody asked for it');
  if (approval.answer !== null) return stale(id, `it was ${approval.answer.kind} already`);
  const newer = and(
    eq(t.approval.runId, approval.runId),
    eq(t.approval.phase, approval.phase),
    ne(t.approval.attempt, approval.attempt),
    gt(t.approval.askedAt, approval.askedAt),
  );
  if ((await db.$count(t.approval, newer)) > 0) return stale(id, 'a newer state was asked about');
  return approval;
}

/** Lets phase and run go on, unless another question of theirs is still open. */
async function goOn(
  tx: Tx,
  { runId, phase }: Approval,
  moveOn: () => Promise<readonly HarnessEvent[]>,
): Promise<readonly HarnessEvent[]> {
  const open = await firstPending(tx.db, runId);
  if (open?.phase !== phase)
    await movePhase(tx, { runId, phase }, { from: 'waiting_approval', to: 'running' });
  return open === undefined ? moveOn() : [];
}

async function movePhase(
  { db }: Tx,
  { runId, phase }: Pick<Approval, 'runId' | 'phase'>,
  { from, to }: { readonly from: PhaseStatus; readonly to: PhaseStatus },
): Promise<void> {
  await db
    .update(t.phase)
    .set({ status: to })
    .where(and(eq(t.phase.runId, runId), eq(t.phase.name, phase), eq(t.phase.status, from)));
}

async function find(db: Queries, id: string): Promise<Approval | undefined> {
  const [approval] = await db.select(APPROVAL).from(t.approval).where(eq(t.approval.id, id));
  return approval;
}

async function firstPending(db: Queries, runId: string): Promise<Approval | undefined> {
  const [approval] = await db
    .select(APPROVAL)
    .from(t.approval)
    .where(and(eq(t.approval.runId, runId), isNull(t.approval.answer)))
    .orderBy(asc(t.approval.askedAt), asc(t.approval.id))
    .limit(1);
  return approval;
}

function stale(id: string, why: string): never {
  throw new HarnessError(
    'APPROVAL_STALE',
    `Approval ${id} can't be answered: ${why}. \`harness status\` shows what is asked now.`,
    { exit: 2 },
  );
}
