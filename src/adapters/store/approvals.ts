import { and, asc, eq, gt, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import type { Approval, ApprovalAnswer } from '../../domain/approval.ts';
import { HarnessError } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { PhaseStatus } from '../../domain/phase.ts';
import type { Run } from '../../domain/run.ts';
import type { ApprovalRows, Question, RunKey } from '../../work/run-store.ts';
import { APPROVAL, findApproval, listPending } from './approval-row.ts';
import { commit } from './commit.ts';
import { isItem } from './item-row.ts';
import { keysOf, lockGeneration, lockRun, moveRun } from './run-row.ts';
import * as t from './schema.ts';
import { type Database, transaction, type Tx } from './transaction.ts';

type Answering = Parameters<ApprovalRows['answer']>[1];

/** Approvals on Postgres; see the port for what each promises. */
export function createApprovalRows({ pool, db }: Database): ApprovalRows {
  return {
    ask: (run, question) => transaction(pool, (tx) => ask(tx, run, question)),
    askAgain: (id, stateHash) => transaction(pool, (tx) => askAgain(tx, id, stateHash)),
    answer: (id, order) => transaction(pool, (tx) => answerApproval(tx, id, order)),
    wait: (run, seen) => transaction(pool, (tx) => wait(tx, run, seen)),
    get: (id) => findApproval(db, id),
    pending: (runId) => listPending(db, runId),
    changes: (runId, { phase, itemKey }) =>
      db
        .select(APPROVAL)
        .from(t.approval)
        .where(
          and(
            eq(t.approval.runId, runId),
            eq(t.approval.phase, phase),
            isNotNull(t.approval.change),
            itemKey === null ? isNull(t.approval.itemKey) : eq(t.approval.itemKey, itemKey),
          ),
        )
        .orderBy(asc(t.approval.askedAt), asc(t.approval.id)),
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
  const moved = await waitFor(tx, run, asking);
  const event: HarnessEvent = { type: 'approval.asked', phase, id, question };
  await commit(tx, { ...keysOf(run), events: [event, ...moved] });
}

/** A run that is being stopped or has ended stays what it is; the question waits for its resume. */
async function waitFor(
  tx: Tx,
  run: Run,
  { phase, question }: Pick<Approval, 'phase' | 'question'>,
): Promise<readonly HarnessEvent[]> {
  await movePhase(tx, { runId: run.id, phase }, { from: 'running', to: 'waiting_approval' });
  const waits = run.status === 'running' || run.status === 'pending';
  return waits ? moveRun(tx, run, { status: 'waiting_approval', reason: question }) : [];
}

async function askAgain(tx: Tx, id: string, stateHash: string): Promise<void> {
  const { runId } = (await findApproval(tx.db, id)) ?? stale(id, 'nobody asked for it');
  const run = await lockRun(tx, runId);
  const { phase, question } = await lockAnswerable(tx, id);
  await tx.db
    .update(t.approval)
    .set({ stateHash, askedAt: sql`now()` })
    .where(eq(t.approval.id, id));
  await commit(tx, { ...keysOf(run), events: [{ type: 'approval.asked', phase, id, question }] });
}

async function wait(tx: Tx, key: RunKey, seen: readonly string[]): Promise<boolean> {
  const run = await lockGeneration(tx, key);
  if (run?.status !== 'running' || run.control !== null) return false;
  const pending = await listPending(tx.db, run.id);
  const same = pending.map(({ id }) => id).join('\n') === seen.join('\n');
  const [first] = pending;
  if (!same || first === undefined) return false;
  const more = pending.length > 1 ? ` (and ${pending.length - 1} more)` : '';
  const reason = `${first.question}${more}`;
  const events = await moveRun(tx, run, { status: 'waiting_approval', reason });
  if (first.change?.itemKey === null)
    await movePhase(tx, first, { from: 'running', to: 'waiting_approval' });
  await commit(tx, { ...keysOf(run), events });
  return true;
}

async function answerApproval(
  tx: Tx,
  id: string,
  { answer, stateHash, also }: Answering,
): Promise<void> {
  const { runId } = (await findApproval(tx.db, id)) ?? stale(id, 'nobody asked for it');
  const run = await lockRun(tx, runId);
  const approval = await lockAnswerable(tx, id);
  if (approval.stateHash !== stateHash) stale(id, 'it is asked about another state by now');
  await tx.db
    .update(t.approval)
    .set({ answer, answeredAt: sql`now()` })
    .where(eq(t.approval.id, id));
  const moved = await goOn(tx, approval, run);
  await tellItem(tx, approval, answer);
  await also(tx.client);
  const { kind, by } = answer;
  const reason = kind === 'rejected' ? answer.reason : null;
  const { phase, change } = approval;
  const told: HarnessEvent = { type: 'approval.answered', phase, id, answer: kind, by, reason };
  const event = change?.itemKey ? { ...told, item: change.itemKey } : told;
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
  const itemKey = approval.change?.itemKey ?? null;
  const newer = and(
    eq(t.approval.runId, approval.runId),
    eq(t.approval.phase, approval.phase),
    itemKey === null ? isNull(t.approval.itemKey) : eq(t.approval.itemKey, itemKey),
    ne(t.approval.attempt, approval.attempt),
    gt(t.approval.askedAt, approval.askedAt),
  );
  if ((await db.$count(t.approval, newer)) > 0) return stale(id, 'a newer state was asked about');
  return approval;
}

/** The next attempt at the item is told a refusal's reason; approved, it is what was agreed. */
async function tellItem({ db }: Tx, approval: Approval, answer: ApprovalAnswer): Promise<void> {
  const itemKey = approval.change?.itemKey ?? null;
  if (itemKey === null) return;
  const refused = answer.kind === 'rejected';
  const feedback = refused ? { feedback: refusal(approval, answer.reason) } : {};
  await db
    .update(t.item)
    .set({ reason: null, ...feedback, updatedAt: sql`now()` })
    .where(and(isItem(approval.projectId, itemKey), eq(t.item.status, 'todo')));
}

function refusal({ change }: Approval, reason: string): string {
  const paths = change?.files.map(({ path }) => path).join(', ') ?? '';
  return `A person did not allow your change of ${paths}: ${reason}`;
}

/** Lets phase and run go on, unless another question about the phase itself is still open. */
async function goOn(tx: Tx, approval: Approval, run: Run): Promise<readonly HarnessEvent[]> {
  const { runId, phase, change } = approval;
  const [open] = await listPending(tx.db, runId);
  if (open?.phase !== phase || change !== null)
    await movePhase(tx, { runId, phase }, { from: 'waiting_approval', to: 'running' });
  // Whoever hosts the run finds out what else is to be waited for.
  const goes = run.status === 'waiting_approval' && (open === undefined || change !== null);
  return goes ? moveRun(tx, run, { status: 'running', reason: null }) : [];
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

function stale(id: string, why: string): never {
  throw new HarnessError(
    'APPROVAL_STALE',
    `Approval ${id} can't be answered: ${why}. \`harness status\` shows what is asked now.`,
    { exit: 2 },
  );
}
