import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Run, RunControl, RunStatus } from '../domain/run.ts';
import type { Engine } from './deps.ts';
import { landRun } from './landing.ts';
import { attemptWorkflowId, pipelineId } from './names.ts';

/** Time that a graceful stop leaves a session to reach its next step; then it is killed. */
const STOP_GRACE_MS = 8000;

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
  if (run.control === 'stop' || run.control === 'stop_now') {
    await store.runs.setStatus(run.id, 'stopping', run.reason);
    engine.running.stop(run.id, { now: run.control === 'stop_now', graceMs: STOP_GRACE_MS });
  }
  if ((await store.attempts.list(run.id, { open: true })).length > 0) return;
  await DBOS.cancelWorkflow(pipelineId(run), { cancelChildren: true });
  await landRun(engine.deps, run);
  await store.runs.setStatus(run.id, FINAL[run.control], run.reason);
}

/**
 * Ends attempts whose workflow is gone (it broke where even its own ending failed): nothing may stay
 * open without someone who carries it out (I6).
 */
export async function sweep(engine: Engine, run: Run): Promise<void> {
  const { store, workshop } = engine.deps;
  const open = await store.attempts.list(run.id, { open: true });
  if (open.length === 0) return;
  const workflows = await DBOS.listWorkflows({
    workflowIDs: open.map((attempt) => attemptWorkflowId(attempt.id)),
    loadInput: false,
    loadOutput: false,
  });
  const alive = new Set(
    workflows
      .filter((one) => ['ENQUEUED', 'DELAYED', 'PENDING'].includes(one.status))
      .map((one) => one.workflowID),
  );
  const known = new Set(workflows.map((one) => one.workflowID));
  for (const attempt of open) {
    const id = attemptWorkflowId(attempt.id);
    if (known.has(id) && !alive.has(id))
      await workshop.abandon(attempt.id, 'Its workflow ended without a result.');
  }
}
