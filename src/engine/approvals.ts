import { createHash } from 'node:crypto';
import type { Approval, ApprovalAnswer } from '../domain/approval.ts';
import { HarnessError } from '../domain/errors.ts';
import { DOCUMENTS } from '../domain/document.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';
import { agreeOnTasks } from '../phases/agree.ts';
import { parseTasks } from '../phases/tasks-document.ts';
import type { RunKey, RunStore } from '../work/run-store.ts';
import type { EngineClient } from './client.ts';
import { wantsApproval } from './decide.ts';
import { engine } from './deps.ts';
import { approvalId, approvalTopic, pipelineId } from './names.ts';
import { phaseOf, runOf } from './run-state.ts';

export type Verdict =
  | { readonly kind: 'approved' }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'over' };

interface Result {
  readonly phase: PhaseName;
  readonly attempt: number;
  readonly outputs: readonly string[];
}

/** Asks for the approval of a phase's result, bound to the documents as they are now. */
export async function askApproval(run: Run, result: Result): Promise<void> {
  const { store } = engine().deps;
  const { phase, attempt, outputs } = result;
  await store.phases.end(run, phase, { status: 'waiting_approval', error: null, outputs });
  await store.approvals.ask(run, {
    id: approvalId(run.id, phase, attempt),
    phase,
    attempt,
    stateHash: await stateHash(run, phase, attempt),
    question: `Approve ${phase}: ${outputs.join(', ') || 'done'}?`,
  });
}

async function stateHash(run: Run, phase: PhaseName, attempt: number): Promise<string> {
  const access = engine().deps.workshop.accessTo(run, phase, attempt);
  const path = documentOf(phase);
  const text = path === undefined ? '' : ((await access.document(path)) ?? '');
  return createHash('sha256').update(`${phase}\0${attempt}\0${text}`).digest('hex');
}

function documentOf(phase: PhaseName): string | undefined {
  return Object.entries(DOCUMENTS).find(([name]) => name === phase)?.[1];
}

/** Looks for the answer and carries it out; safe to repeat. */
export async function takeAnswer(key: RunKey, phase: PhaseName, attempt: number): Promise<Verdict> {
  const { store } = engine().deps;
  const run = await runOf(key);
  const approval = await store.approvals.get(approvalId(run.id, phase, attempt));
  if (approval?.answer) return carryOut(run, approval, approval.answer);
  if (run.control !== null) return { kind: 'over' };
  if (approval === undefined) {
    const { outputs } = await phaseOf(run.id, phase);
    await askApproval(run, { phase, attempt, outputs });
  } else if (!wantsApproval(run, phase)) return approveUnasked(run, approval);
  else if (run.status !== 'waiting_approval') {
    // Changed since it was read: looked at once more.
    if (!(await store.runs.setStatus(run, 'waiting_approval', approval.question)))
      return takeAnswer(key, phase, attempt);
    return answeredMeanwhile({ ...run, status: 'waiting_approval' }, approval);
  }
  return { kind: 'waiting' };
}

/** Somebody may have answered between the look and the status: then the status is not true. */
async function answeredMeanwhile(run: Run, { id }: Approval): Promise<Verdict> {
  const { store } = engine().deps;
  const approval = await store.approvals.get(id);
  if (!approval?.answer) return { kind: 'waiting' };
  await store.runs.setStatus(run, 'running', null);
  return carryOut(run, approval, approval.answer);
}

/** Resumed by someone who wants no questions: the open one is answered in their name. */
async function approveUnasked(run: Run, approval: Approval): Promise<Verdict> {
  const answer: ApprovalAnswer = { kind: 'approved', by: 'autonomy full' };
  await engine().deps.store.approvals.answer(approval.id, answer, async () => undefined);
  return carryOut(run, approval, answer);
}

async function carryOut(run: Run, approval: Approval, answer: ApprovalAnswer): Promise<Verdict> {
  const { store, workshop } = engine().deps;
  const { phase, attempt } = approval;
  if (answer.kind === 'rejected') return discard(run, approval, answer.reason);
  const path = documentOf(phase);
  const access = workshop.accessTo(run, phase, attempt);
  if (answer.kind === 'edited' && path !== undefined)
    await access.writeDocuments([{ path, text: answer.text }], `Edit ${path} at its approval`);
  if (phase === 'task_breakdown') {
    const faults = await agreeOnTasks(access);
    if (faults.length > 0) return discard(run, approval, faults.join(' '));
  }
  const { outputs } = await phaseOf(run.id, phase);
  await store.phases.end(run, phase, { status: 'completed', error: null, outputs });
  return { kind: 'approved' };
}

async function discard(run: Run, { phase, attempt }: Approval, reason: string): Promise<Verdict> {
  await engine().deps.store.phases.discard(run, phase, { attempt, reason });
  return { kind: 'rejected', reason };
}

/** Ends a phase as completed, needing no approval; a plan becomes work items. */
export async function complete(run: Run, result: Result): Promise<void> {
  const { store, workshop } = engine().deps;
  const { phase, attempt, outputs } = result;
  if (phase === 'task_breakdown') {
    const faults = await agreeOnTasks(workshop.accessTo(run, phase, attempt));
    if (faults.length > 0)
      throw new HarnessError('PLAN_INVALID', `tasks.md can't be read back: ${faults.join(' ')}`);
  }
  await store.phases.end(run, phase, { status: 'completed', error: null, outputs });
}

/** What may answer an approval from any process: the store, and a client that wakes the pipeline. */
export interface Answering {
  readonly store: RunStore;
  readonly client: EngineClient;
}

/**
 * Records a person's answer and wakes whoever hosts the run, in one transaction. Throws
 * `APPROVAL_NONE` (exit 2) when nothing waits, `PLAN_INVALID` (exit 2) when an edited plan can't be read.
 */
export async function answerApproval(
  { store, client }: Answering,
  run: Run,
  order: { readonly phase: PhaseName | null; readonly answer: ApprovalAnswer },
): Promise<Approval> {
  const approval = await store.approvals.pending(run.id);
  if (approval === undefined || (order.phase !== null && approval.phase !== order.phase))
    throw new HarnessError('APPROVAL_NONE', nothingWaits(approval, order.phase), { exit: 2 });
  refuseBrokenPlan(approval.phase, order.answer);
  await store.approvals.answer(approval.id, order.answer, (tx) =>
    client.sendInTransaction(
      tx,
      pipelineId(run),
      order.answer.kind,
      approvalTopic(approval.id),
      approval.id,
    ),
  );
  return approval;
}

function nothingWaits(approval: Approval | undefined, phase: PhaseName | null): string {
  return approval === undefined
    ? 'Nothing waits for an approval; see `harness why`'
    : `${phase ?? 'That'} does not wait for an approval, ${approval.phase} does`;
}

function refuseBrokenPlan(phase: PhaseName, answer: ApprovalAnswer): void {
  if (phase !== 'task_breakdown' || answer.kind !== 'edited') return;
  const read = parseTasks(answer.text);
  if (!read.ok)
    throw new HarnessError(
      'PLAN_INVALID',
      `The edited plan can't be used: ${read.faults.join(' ')}`,
      { exit: 2 },
    );
}
