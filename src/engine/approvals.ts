import type { Approval, ApprovalAnswer } from '../domain/approval.ts';
import { HarnessError } from '../domain/errors.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';
import { agreeOnTasks } from '../phases/agree.ts';
import type { RunKey } from '../work/run-store.ts';
import { documentOf, hashOf } from './asked-state.ts';
import { wantsApproval } from './decide.ts';
import { engine } from './deps.ts';
import { approvalId } from './names.ts';
import { phaseOf, runOf } from './run-state.ts';

/** What came of a question: `waiting` without an answer so far, `over` when the run is to end without one. */
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
  return hashOf(phase, attempt, path === undefined ? undefined : await access.document(path));
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

const NOTHING_ELSE = (): Promise<void> => Promise.resolve();

/** Resumed by someone who wants no questions: the open one is answered in their name. */
async function approveUnasked(run: Run, approval: Approval): Promise<Verdict> {
  const answer: ApprovalAnswer = { kind: 'approved', by: 'autonomy full' };
  const { stateHash: asked } = approval;
  await engine().deps.store.approvals.answer(approval.id, {
    answer,
    stateHash: asked,
    also: NOTHING_ELSE,
  });
  return carryOut(run, approval, answer);
}

async function carryOut(run: Run, approval: Approval, answer: ApprovalAnswer): Promise<Verdict> {
  const { store, workshop } = engine().deps;
  const { phase, attempt } = approval;
  if (answer.kind === 'rejected') return discard(run, approval, answer.reason);
  const path = documentOf(phase);
  const access = workshop.accessTo(run, phase, attempt);
  if (answer.kind === 'approved' && (await stateHash(run, phase, attempt)) !== approval.stateHash)
    return discard(run, approval, CHANGED_SINCE);
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

const CHANGED_SINCE =
  'The document was changed after a person had approved it, so it is made and asked about again.';

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
