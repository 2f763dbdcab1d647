import { DBOS } from '@dbos-inc/dbos-sdk';
import { PHASES, type PhaseName, type PhaseState } from '../domain/phase.ts';
import type { PhaseEnd } from '../phases/phase.ts';
import type { Run } from '../domain/run.ts';
import type { RunKey } from '../work/run-store.ts';
import { askApproval, complete, takeAnswer, type Verdict } from './approvals.ts';
import { decide, entryOf, type Decision } from './decide.ts';
import { engine } from './deps.ts';
import { isAsking, takeLeave } from './leave.ts';
import { approvalId, approvalTopic, changeId, phaseId, queues, SOON } from './names.ts';
import { outwait } from './outwait.ts';
import { phaseWorkflow } from './phase-workflow.ts';
import { step } from './step.ts';
import { failRun, finishRun, phaseOf, runOf } from './run-state.ts';

/** Longest wait of one `recv`; the loop asks again, so a person may take as long as they like. */
const APPROVAL_WAIT_SECONDS = 30 * 86_400;

/** A run from its first open phase to its end; one per generation. */
export const pipelineWorkflow = DBOS.registerWorkflow(
  async (id: string, generation: number): Promise<void> => {
    const run = { id, generation };
    for (const phase of PHASES) if ((await carryOut(run, phase)) === 'over') return;
    await step('finish', () => finishRun(run));
  },
  { name: 'pipeline', maxRecoveryAttempts: 10_000 },
);

/** Where the flow stands with a phase: over, or to be tried again with this said to the agents. */
type Course = { readonly go: 'next' | 'over' } | { readonly again: string };

/** One phase with its retries and approvals; 'over': the run goes no further for now. */
async function carryOut(run: RunKey, phase: PhaseName): Promise<'next' | 'over'> {
  const entry = await step(`enter:${phase}`, () => enter(run, phase));
  if (entry.kind === 'over') return 'next';
  if (entry.kind === 'halt') return 'over';
  let { attempt } = entry;
  let failures = 0;
  let course = await courseFrom(entry, run, phase);
  while ('again' in course) {
    attempt += 1;
    const end = await attemptPhase({ run, phase, attempt, feedback: course.again });
    const facts = { run, phase, attempt, feedback: course.again, end, failures };
    const decision = await step(`settle:${phase}:${attempt}`, () => settle(facts));
    if (decision.kind === 'retry') failures += 1;
    course = await follow(decision, facts);
  }
  return course.go;
}

async function courseFrom(
  { kind, attempt, feedback }: Entry,
  run: RunKey,
  phase: PhaseName,
): Promise<Course> {
  if (kind === 'approve') return approved(run, phase, attempt);
  return kind === 'ask' ? allowed(run, phase, attempt) : { again: feedback };
}

async function follow(
  decision: Decision,
  { run, phase, attempt, feedback }: PhaseOutcome,
): Promise<Course> {
  if (decision.kind === 'retry' || decision.kind === 'wait') {
    if (decision.delayMs > 0) await outwait(`wait:${phase}:${attempt}`, decision.delayMs);
    return { again: decision.kind === 'retry' ? decision.reason : feedback };
  }
  if (decision.kind === 'approve') return approved(run, phase, attempt);
  if (decision.kind === 'ask') return allowed(run, phase, attempt);
  return { go: decision.kind === 'completed' ? 'next' : 'over' };
}

interface Entry {
  readonly kind: 'run' | 'over' | 'approve' | 'ask' | 'halt';
  readonly attempt: number;
  readonly outputs: readonly string[];
  /** What the next attempt is told, from the last that was discarded. */
  readonly feedback: string;
}

async function enter(key: RunKey, phase: PhaseName): Promise<Entry> {
  const { store } = engine().deps;
  const run = await runOf(key);
  const state = await phaseOf(run.id, phase);
  const kind = entryOf(run, state);
  const { attempts: attempt, outputs } = state;
  const rest = { attempt, outputs, feedback: state.feedback ?? '' };
  const begun = kind === 'run' || kind === 'approve';
  if (begun && (await isAsking(store, run.id, state))) return { kind: 'ask', ...rest };
  if (kind === 'run' && (await isAnswered(run, state))) return { kind: 'approve', ...rest };
  if (kind !== 'skip') return { kind, ...rest };
  await store.phases.end(run, phase, { status: 'skipped', error: null, outputs: [] });
  return { kind: 'over', ...rest };
}

/** Answered before the run was ended, or while it was, and not carried out yet. */
async function isAnswered(run: Run, { name, attempts, discarded }: PhaseState): Promise<boolean> {
  if (discarded >= attempts) return false;
  const approval = await engine().deps.store.approvals.get(approvalId(run.id, name, attempts));
  return approval?.answer != null;
}

interface PhaseTry {
  readonly run: RunKey;
  readonly phase: PhaseName;
  readonly attempt: number;
  readonly feedback: string;
}

async function attemptPhase({ run: key, ...order }: PhaseTry): Promise<PhaseEnd> {
  const run = await step(`run:${order.phase}:${order.attempt}`, () => runOf(key));
  const queueName = queues(run.settings.label).pipelines;
  const handle = await DBOS.startWorkflow(phaseWorkflow, {
    workflowID: phaseId(run, order.phase, order.attempt),
    queueName,
  })({ ...order, runId: run.id, generation: run.generation });
  engine().hurry.look(queueName);
  return handle.getResult(SOON);
}

interface PhaseOutcome extends PhaseTry {
  readonly end: PhaseEnd;
  readonly failures: number;
}

/** Decides and stores what follows; safe to repeat. */
async function settle(facts: PhaseOutcome): Promise<Decision> {
  const run = await runOf(facts.run);
  const decision = decide({ ...facts, run, now: engine().deps.clock.now() });
  await storeDecision(run, facts, decision);
  return decision;
}

async function storeDecision(run: Run, facts: PhaseOutcome, decision: Decision): Promise<void> {
  const { store, clock } = engine().deps;
  const { phase, attempt } = facts;
  switch (decision.kind) {
    case 'completed':
      return complete(run, { phase, attempt, outputs: decision.outputs });
    case 'approve':
      return askApproval(run, { phase, attempt, outputs: decision.outputs });
    case 'retry':
    case 'wait': {
      const at = new Date(clock.now() + decision.delayMs).toISOString();
      const { reason } = decision;
      if (decision.kind === 'retry') await store.phases.discard(run, phase, { attempt, reason });
      return store.events.append(run.projectId, run.id, [
        { type: 'phase.retried', phase, at, reason },
      ]);
    }
    case 'park':
      return store.runs.hold(run, 'park', decision.reason);
    case 'fail':
      return failRun(run, phase, decision.reason);
    case 'ask':
    case 'leave':
      return undefined;
  }
}

async function approved(run: RunKey, phase: PhaseName, attempt: number): Promise<Course> {
  const topic = approvalTopic(approvalId(run.id, phase, attempt));
  const verdict = await answered(topic, `answer:${phase}:${attempt}`, () =>
    takeAnswer(run, phase, attempt),
  );
  if (verdict.kind === 'rejected') return { again: verdict.reason };
  return { go: verdict.kind === 'approved' ? 'next' : 'over' };
}

/** A change was asked about: the phase is tried again, with what was allowed or with the reason. */
async function allowed(run: RunKey, phase: PhaseName, attempt: number): Promise<Course> {
  const topic = approvalTopic(changeId(run.id, { phase, itemKey: null, number: attempt }));
  const verdict = await answered(topic, `leave:${phase}:${attempt}`, () =>
    takeLeave(run, phase, attempt),
  );
  if (verdict.kind === 'over') return { go: 'over' };
  return { again: verdict.kind === 'rejected' ? verdict.reason : '' };
}

/** Looks, and looks again after each message: a message is only a reason to look. */
async function answered(
  topic: string,
  name: string,
  look: () => Promise<Verdict>,
): Promise<Exclude<Verdict, { kind: 'waiting' }>> {
  for (let looks = 0; ; looks += 1) {
    const verdict = await step(`${name}:${looks}`, look);
    if (verdict.kind !== 'waiting') return verdict;
    await DBOS.recv(topic, { timeoutSeconds: APPROVAL_WAIT_SECONDS });
  }
}
