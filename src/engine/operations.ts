import { HarnessError, hasCode } from '../domain/errors.ts';
import {
  ENDED,
  type Run,
  type RunControl,
  type RunSettings,
  type RunStatus,
} from '../domain/run.ts';
import type { RunStore } from '../work/run-store.ts';
import type { EngineClient } from './client.ts';
import type { EngineDeps } from './deps.ts';
import { APPLICATION, attemptWorkflowId, pipelineId, queues, VERSION } from './names.ts';
import { drainOutbox, takeOverChanges } from './tracker-sync.ts';
import { isTrackerTrouble } from './tracker-trouble.ts';

/** What any process needs to start, resume or end a run; it need not host it. */
export interface Operating {
  readonly store: RunStore;
  readonly client: EngineClient;
}

/** Creates a run and queues its pipeline. Throws `RUN_ACTIVE` while the project has a live one. */
export async function startRun(
  operating: Operating,
  order: {
    readonly id: string;
    readonly projectId: string;
    readonly idea: string;
    readonly settings: RunSettings;
  },
): Promise<Run> {
  const run = await operating.store.runs.create(order);
  // Before the pipeline exists: whatever that says of the run must not be overwritten.
  await operating.store.runs.setStatus(run, 'running', null);
  await enqueue(operating, run);
  return run;
}

/**
 * Goes on with a run: one that was ended is opened again with these changes; one whose host died is
 * left to whoever hosts now, since nothing of it was lost. A complete one has to have got new items.
 */
export async function resumeRun(
  operating: Operating,
  run: Run,
  change: Partial<RunSettings>,
): Promise<Run> {
  const { store, client } = operating;
  if (run.status === 'completed' && !(await hasNewItems(store, run)))
    throw new HarnessError('RUN_COMPLETED', 'The run is complete; `harness run` starts another', {
      exit: 2,
    });
  if (run.status === 'pending' || !(await needsReopening(client, run))) {
    if (Object.keys(change).length > 0) await store.runs.amend(run.id, change);
    if (run.status === 'pending') await store.runs.setStatus(run, 'running', null);
    await lookAgain(operating, run);
    await enqueue(operating, run);
    return run;
  }
  await client.cancelWorkflow(pipelineId(run), { cancelChildren: true });
  if (!ENDED.includes(run.status) && run.control === null)
    await store.runs.setStatus(run, 'failed', 'The pipeline broke off');
  return store.runs.reopen(run.id, change, (next) => async (transaction) => {
    await client.enqueueInTransaction(transaction, pipelineOptions(next), next.id, next.generation);
  });
}

/** In demo mode people may add issues after the last one was done. */
async function hasNewItems({ items }: RunStore, { id, settings }: Run): Promise<boolean> {
  if (settings.demo === undefined) return false;
  return (await items.standing(id)).some(({ status }) => status === 'todo');
}

/**
 * What people did in the tracker while nobody listened: true when a complete run of demo mode has work
 * again. Throws as the tracker does.
 */
export async function lookForNewItems(
  deps: Pick<EngineDeps, 'store' | 'trackerOf'>,
  run: Run,
): Promise<boolean> {
  await drainOutbox(deps, run);
  await takeOverChanges(deps, run);
  return hasNewItems(deps.store, run);
}

/**
 * Questions about items hold only those items: others may have become ready since the run began to
 * wait, by a person's hand. Whoever hosts it waits again if there is nothing else.
 */
async function lookAgain({ store }: Operating, run: Run): Promise<void> {
  if (run.status !== 'waiting_approval') return;
  const open = await store.approvals.pending(run.id);
  if (open.every(({ change }) => typeof change?.itemKey === 'string'))
    await store.runs.setStatus(run, 'running', null);
}

async function needsReopening(client: EngineClient, run: Run): Promise<boolean> {
  if (ENDED.includes(run.status) || run.control !== null) return true;
  const pipeline = await client.retrieveWorkflow(pipelineId(run)).getStatus();
  return pipeline !== null && !['ENQUEUED', 'DELAYED', 'PENDING'].includes(pipeline.status);
}

/** Queueing an id that exists changes nothing. */
async function enqueue({ client }: Operating, run: Run): Promise<void> {
  await client.enqueue(pipelineOptions(run), run.id, run.generation);
}

function pipelineOptions(run: Run): Parameters<EngineClient['enqueue']>[0] {
  return {
    queueName: queues(run.settings.label).pipelines,
    workflowName: 'pipeline',
    workflowID: pipelineId(run),
    appVersion: VERSION,
    applicationName: APPLICATION,
  };
}

/** Postgres: there is no such table. */
const UNDEFINED_TABLE = '42P01';

/** Ends a run that nobody hosts, so that nothing of it is ever taken up by another worker. */
export async function giveUpRun(operating: Operating, run: Run, reason: string): Promise<void> {
  await cancelAll(operating, run);
  await operating.store.runs.end(run, { status: 'stopped', reason });
}

/**
 * Carries out a request to end a run that nobody hosts: no worker would ever do it. Its attempts end
 * with it, and the tracker hears of their items; what they left in their clones is kept at the next
 * resume.
 */
export async function endUnhosted(
  operating: Operating & Pick<EngineDeps, 'trackerOf'>,
  run: Run,
  control: RunControl,
): Promise<RunStatus> {
  await cancelAll(operating, run);
  const status = control === 'pause' ? 'paused' : 'stopped';
  await operating.store.runs.end(run, { status, reason: null });
  await tellTracker(operating, run);
  return status;
}

/** What can't be told now stays queued for the next resume, which names the trouble. */
async function tellTracker(operating: Parameters<typeof endUnhosted>[0], run: Run): Promise<void> {
  try {
    await drainOutbox(operating, run);
  } catch (error) {
    if (!isTrackerTrouble(error)) throw error;
  }
}

/** Where no engine has ever been started in this database there is nothing to cancel. */
async function cancelAll({ store, client }: Operating, run: Run): Promise<void> {
  const open = await store.attempts.list(run.id, { open: true });
  try {
    await client.cancelWorkflow(pipelineId(run), { cancelChildren: true });
    if (open.length > 0) await client.cancelWorkflows(open.map(({ id }) => attemptWorkflowId(id)));
  } catch (error) {
    if (!hasCode(error, UNDEFINED_TABLE)) throw error;
  }
}

/** Records a request to pause or stop. Throws `RUN_NOT_LIVE` (exit 2) when the run has ended. */
export async function requestControl(
  { store }: Pick<Operating, 'store'>,
  run: Run,
  control: RunControl,
): Promise<void> {
  if (ENDED.includes(run.status))
    throw new HarnessError(
      'RUN_NOT_LIVE',
      `The run is ${run.status}; there is nothing to ${control}`,
      { exit: 2 },
    );
  await store.runs.control(run.id, control);
}
