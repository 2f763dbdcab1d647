import { DBOS, type WorkflowHandle } from '@dbos-inc/dbos-sdk';
import type { Role } from '../domain/attempt.ts';
import type { PhaseName } from '../domain/phase.ts';
import { capReached, type Run } from '../domain/run.ts';
import { allSettled, withPeople } from '../domain/work-item.ts';
import type { PhaseContext, PhaseEnd, RoleEnd } from '../phases/phase.ts';
import type { RunKey } from '../work/run-store.ts';
import { attemptWorkflow } from './attempt-workflow.ts';
import { engine, type Brief } from './deps.ts';
import { attemptWorkflowId, phaseId, queues, SETTLED_TOPIC, SOON, stableId } from './names.ts';
import { runOf } from './run-state.ts';
import { step } from './step.ts';

/** Input of the workflow, stored for ever: ids, and the feedback that its roles are told. */
export interface PhaseOrder {
  readonly runId: string;
  readonly generation: number;
  readonly phase: PhaseName;
  readonly attempt: number;
  readonly feedback: string;
}

/** One attempt at one phase. */
export const phaseWorkflow = DBOS.registerWorkflow(
  async (order: PhaseOrder): Promise<PhaseEnd> => {
    const { run, deadline } = await step('begin', () => begin(order));
    return engine().deps.phases[order.phase].run(contextOf(order, run, deadline));
  },
  { name: 'phase', maxRecoveryAttempts: 10_000 },
);

const runKey = ({ runId: id, generation }: PhaseOrder): RunKey => ({ id, generation });

async function begin(order: PhaseOrder): Promise<{ run: Run; deadline: number }> {
  const { store, clock } = engine().deps;
  const run = await runOf(runKey(order));
  await store.phases.start(run, order.phase, order.attempt);
  return { run, deadline: clock.now() + run.settings.phases[order.phase].timeoutMs };
}

function contextOf(order: PhaseOrder, run: Run, deadline: number): PhaseContext {
  return {
    run,
    attempt: order.attempt,
    step: (name, body) => step(name, () => stoppable(order, name, body)),
    sessions: (roles) => sessions(order, run, roles),
    itemsSettled: () => itemsSettled(run, countdown(deadline)),
    project: engine().deps.workshop.accessTo(run, order.phase, order.attempt),
  };
}

/** Runs a phase's own deed under every signal that may end it; a stop waits for it. */
async function stoppable<T>(
  order: PhaseOrder,
  name: string,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { running, lease } = engine();
  const entry = running.enter(
    `${phaseId(runKey(order), order.phase, order.attempt)}/${name}`,
    order.runId,
    { agent: false },
  );
  const cancelled = DBOS.stepStatus?.cancelSignal;
  try {
    const result = await body(
      AbortSignal.any([entry.signal, lease, ...(cancelled ? [cancelled] : [])]),
    );
    // What was cut short is no result: whoever takes over does it once more.
    lease.throwIfAborted();
    return result;
  } finally {
    entry.leave();
  }
}

/** Side by side up to the phase's `parallel`, in a fixed order so that a replay starts the same. */
async function sessions(order: PhaseOrder, run: Run, roles: readonly Role[]): Promise<RoleEnd[]> {
  const width = run.settings.phases[order.phase].parallel;
  const ends: RoleEnd[] = [];
  for (let from = 0; from < roles.length; from += width) {
    const handles: WorkflowHandle<RoleEnd>[] = [];
    for (const role of roles.slice(from, from + width)) {
      const opened = await step(`open:${role}`, () => open(order, role));
      if ('over' in opened) ends.push(opened.over);
      else handles.push(await start(opened.attemptId, run, { feedback: order.feedback }));
    }
    for (const handle of await DBOS.waitAll(handles, SOON)) ends.push(await handle.getResult());
  }
  return roles.flatMap((role) => ends.filter((end) => end.role === role));
}

async function start(attemptId: string, run: Run, brief: Brief): Promise<WorkflowHandle<RoleEnd>> {
  const queueName = queues(run.settings.label).sessions;
  const workflowID = attemptWorkflowId(attemptId);
  const handle = await DBOS.startWorkflow(attemptWorkflow, { workflowID, queueName })(
    attemptId,
    brief,
  );
  engine().hurry.look(queueName);
  return handle;
}

/**
 * Opens the role's attempt, unless the run is being ended or has used up its sessions. What the role
 * gave before the phase was interrupted still counts, and is not paid for twice.
 */
async function open(
  order: PhaseOrder,
  role: Role,
): Promise<{ attemptId: string } | { over: RoleEnd }> {
  const { store, workshop } = engine().deps;
  const run = await runOf(runKey(order));
  const refuse = (status: RoleEnd['status'], reason: string): { over: RoleEnd } => ({
    over: { role, status, reason, until: null },
  });
  if (run.control !== null) return refuse('aborted', 'The run is being ended.');
  const kept = await store.attempts.kept(run.id, order.phase);
  const before = kept.find((one) => one.role === role);
  if (before !== undefined) return { over: await workshop.endOf(before.id) };
  if ((await store.attempts.count(run.id)) >= run.settings.maxSessions)
    return refuse('limited', capReached(run.settings.maxSessions));
  const attemptId = stableId(run.id, run.generation, order.phase, order.attempt, role);
  await store.attempts.open({
    id: attemptId,
    runId: run.id,
    phase: order.phase,
    role,
    number: order.attempt,
    sessionId: stableId(attemptId, 'session'),
  });
  return { attemptId };
}

/** A time of day, and how many milliseconds are left until then by the clock that is never set. */
interface Countdown {
  readonly until: number;
  readonly left: () => number;
}

/** The time of day is what outlives this process; within it, setting the clock neither shortens nor ends the wait. */
function countdown(until: number): Countdown {
  const { clock } = engine().deps;
  const end = clock.monotonic() + until - clock.now();
  return { until, left: () => end - clock.monotonic() };
}

/** Parks until whoever closes the last item says so; a message is only a reason to look again. */
async function itemsSettled(
  run: Run,
  given: Countdown,
): Promise<'settled' | 'timed_out' | 'aborted'> {
  let time = given;
  for (;;) {
    const state = await step('look', () => lookAtItems(run));
    if (state !== 'waiting') return state;
    const message = await DBOS.recv<string>(SETTLED_TOPIC, { deadlineEpochMS: time.until });
    if (message !== null) continue;
    const until = await step('late', () => later(run, time));
    if (until === null) return 'timed_out';
    time = countdown(until);
  }
}

/**
 * Until when it is waited on; null: the time is over. A clock that was set forth took nothing of it, and a
 * person who has been asked takes the time they take: it is not the phase's.
 */
async function later(run: Run, { left }: Countdown): Promise<number | null> {
  const { store, clock } = engine().deps;
  if (left() > 0) return clock.now() + left();
  const pending = await store.approvals.pending(run.id);
  return pending.length === 0 ? null : clock.now() + run.settings.phases.implement.timeoutMs;
}

async function lookAtItems(key: RunKey): Promise<'settled' | 'waiting' | 'aborted'> {
  const run = await runOf(key);
  if (run.control !== null) return 'aborted';
  const { items, attempts } = engine().deps.store;
  const standing = await items.standing(run.id);
  // Whether people gave back what is left to them is looked up by the dispatcher, which parks the run if not.
  if (!allSettled(standing) || withPeople(standing).length > 0) return 'waiting';
  // The agent of an item that was taken away: the dispatcher tells when it is gone.
  return (await attempts.count(run.id, { open: true })) === 0 ? 'settled' : 'waiting';
}
