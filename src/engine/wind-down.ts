import { DBOS } from '@dbos-inc/dbos-sdk';
import { isDiskFull } from '../domain/disk-full.ts';
import { messageOf } from '../domain/errors.ts';
import { ENDED, stopWanted, type Run, type RunControl, type RunStatus } from '../domain/run.ts';
import type { Engine } from './deps.ts';
import { landRun } from './landing.ts';
import { drainOutbox } from './tracker-sync.ts';
import { isTrackerTrouble } from './tracker-trouble.ts';
import { attemptWorkflowId, pipelineId } from './names.ts';

/** Time that a graceful stop leaves a session to reach its next step; then it is killed. */
export const STOP_GRACE_MS = 8000;

/**
 * Time for a phase to store its result once nothing of it is under way any more; it takes a fraction
 * of it. A stop has to be quick; a pause is waited for by nobody, and a machine may be slow.
 */
const FINISHING_MS = { stop: 2000, pause: 10_000 };

/** States of a workflow that somebody carries out, or will. */
const UNDER_WAY = new Set(['ENQUEUED', 'DELAYED', 'PENDING']);

const FINAL: Readonly<Record<RunControl, RunStatus>> = {
  stop: 'stopped',
  stop_now: 'stopped',
  pause: 'paused',
  park: 'limited',
};

/**
 * Ends a run that was asked to end: sessions first (a pause and a parking let them finish), then the
 * pipeline, then the status. Any worker may do any part; repeating changes nothing.
 */
export async function windDown(engine: Engine, run: Run): Promise<void> {
  const { store } = engine.deps;
  if (run.control === null) return;
  if (stopWanted(run)) {
    await store.runs.setStatus(run, 'stopping', run.reason);
    engine.running.stop(run.id, { now: run.control === 'stop_now', graceMs: STOP_GRACE_MS });
  }
  if (await stillUnderWay(engine, run)) return;
  await DBOS.cancelWorkflow(pipelineId(run), { cancelChildren: true });
  await tellTracker(engine, run);
  await landRun(engine.deps, run);
  await engine.deps.workshop.sweepGates(run.projectId);
  // Landing takes its time, and somebody may have resumed the run meanwhile.
  const now = await store.runs.get(run.id);
  if (now?.generation !== run.generation || now.control === null) return;
  if (!(await store.runs.setStatus(now, FINAL[now.control], now.reason))) return;
  engine.quietSince.delete(pipelineId(run));
}

/** One that can't be told now hears of it when the run goes on: what it has to hear is stored. */
async function tellTracker({ deps }: Engine, run: Run): Promise<void> {
  try {
    await drainOutbox(deps, run);
  } catch (error) {
    if (!isDiskFull(error) && !isTrackerTrouble(error)) throw error;
    deps.log(`tracker: ${messageOf(error)}`);
  }
}

/** Sessions anywhere, what a phase does here by itself, and what is about to be stored. */
async function stillUnderWay(engine: Engine, run: Run): Promise<boolean> {
  const open = await engine.deps.store.attempts.count(run.id, { open: true });
  if (open === 0 && !engine.running.busy(run.id)) return stillFinishing(engine, run);
  // The time counts from the last deed, not from a gap between two.
  engine.quietSince.delete(pipelineId(run));
  return true;
}

/**
 * A phase whose sessions are over may be about to store its result: it gets the time, so that
 * finished work isn't done again. A pipeline that waits for people or for items is cancelled.
 */
async function stillFinishing({ deps, quietSince }: Engine, run: Run): Promise<boolean> {
  const pipeline = await DBOS.getWorkflowStatus(pipelineId(run));
  if (pipeline === null || !UNDER_WAY.has(pipeline.status)) return false;
  const now = deps.clock.monotonic();
  const since = quietSince.get(pipelineId(run)) ?? now;
  quietSince.set(pipelineId(run), since);
  return now - since < (await finishingMs(deps, run));
}

/** Implementing stores nothing by itself, and a phase that waits for an answer has stored all. */
async function finishingMs({ store }: Engine['deps'], run: Run): Promise<number> {
  if (stopWanted(run)) return FINISHING_MS.stop;
  const running = (await store.phases.list(run.id)).find(({ status }) => status === 'running');
  const stores = running !== undefined && running.name !== 'implement';
  return stores ? FINISHING_MS.pause : FINISHING_MS.stop;
}

/**
 * Ends attempts and runs whose workflow is gone (it broke where even its own ending failed): nothing
 * may stay open without someone who carries it out (I6).
 */
export async function sweep(engine: Engine, run: Run): Promise<void> {
  await sweepAttempts(engine, run);
  await sweepClones(engine, run);
  await engine.deps.workshop.sweepGates(run.projectId);
  await sweepPipeline(engine, run);
}

async function sweepAttempts({ deps, running }: Engine, run: Run): Promise<void> {
  const { store, workshop } = deps;
  // A cancelled workflow is gone at once, its step in this process only when its session is over.
  const open = (await store.attempts.list(run.id, { open: true })).filter(
    (attempt) => !running.has(attempt.id),
  );
  if (open.length === 0) return;
  const workflows = await DBOS.listWorkflows({
    workflowIDs: open.map((attempt) => attemptWorkflowId(attempt.id)),
    loadInput: false,
    loadOutput: false,
  });
  const alive = new Set(
    workflows.filter((one) => UNDER_WAY.has(one.status)).map((one) => one.workflowID),
  );
  const known = new Set(workflows.map((one) => one.workflowID));
  for (const attempt of open) {
    const id = attemptWorkflowId(attempt.id);
    if (known.has(id) && !alive.has(id))
      await workshop.abandon(attempt.id, 'Its workflow ended without a result.');
  }
}

/** Attempts that were ended from outside leave a clone behind: its work is kept, then it goes (I1). */
async function sweepClones({ deps, running, cleared }: Engine, run: Run): Promise<void> {
  for (const id of await deps.store.attempts.ended(run.id)) {
    if (cleared.has(id) || running.has(id)) continue;
    await deps.workshop.clearEnded(id);
    cleared.add(id);
  }
}

/** A run without its pipeline would stay as it is for ever; as failed it can be resumed. */
async function sweepPipeline({ deps }: Engine, { id, generation }: Run): Promise<void> {
  const pipeline = await DBOS.retrieveWorkflow(pipelineId({ id, generation })).getStatus();
  if (pipeline === null || UNDER_WAY.has(pipeline.status)) return;
  // Read after the pipeline: its last deed may have been the run's end.
  const run = await deps.store.runs.get(id);
  if (run === undefined || ENDED.includes(run.status)) return;
  if (run.control !== null || run.generation !== generation) return;
  const cause = pipeline.error === undefined ? '' : `: ${messageOf(pipeline.error)}`;
  await deps.store.runs.setStatus(run, 'failed', `The pipeline broke off${cause}`);
}
