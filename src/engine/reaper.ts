import { DBOS } from '@dbos-inc/dbos-sdk';
// Internal: open source DBOS has no takeover of dead workers. Kept to this file, with a test of its own.
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type { EngineDeps } from './deps.ts';
import { APPLICATION, labelQueue, labelQueues, queues, VERSION } from './names.ts';

/**
 * Takes over what dead workers left. It asks "pending, and its owner not live", not "whom did I just
 * declare dead": a reaper that dies half way, and a worker nobody registered, are found next time. Model
 * calls that died with them are charged with what was set aside.
 */
export async function reap(deps: EngineDeps, me: string): Promise<void> {
  const known = await deps.deadHere(await deps.store.workers.live());
  await deps.store.workers.reap(me, known);
  await deps.store.reservations.settleLost();
  const pending = await DBOS.listWorkflows({
    status: 'PENDING',
    applicationVersion: VERSION,
    applicationName: APPLICATION,
    loadInput: false,
    loadOutput: false,
  });
  // Read after the pending ones, or a worker that has just joined would be robbed.
  const live = new Set((await deps.store.workers.live()).map((worker) => worker.executorId));
  const owners = new Set(pending.map((workflow) => workflow.executorId ?? ''));
  for (const owner of owners) {
    if (owner === me || owner === '' || live.has(owner)) continue;
    await DBOSExecutor.globalInstance?.recoverPendingWorkflows([owner]);
  }
}

/**
 * Takes what waits for workers with labels of which none lives: workers without labels take everything.
 * Work of a dead one is put back where it waited, and found there.
 */
export async function takeUnserved({ store, pool, label, labels }: EngineDeps): Promise<void> {
  if (labels.length > 0) return;
  const waiting = await DBOS.listWorkflows({
    status: 'ENQUEUED',
    workflowName: 'attempt',
    applicationVersion: VERSION,
    applicationName: APPLICATION,
    loadInput: false,
    loadOutput: false,
  });
  const special = waiting.filter(({ queueName }) => queueName?.startsWith(labelQueues(label)));
  if (special.length === 0) return;
  // Read after what waits: one that has just joined serves its queue.
  const live = (await store.workers.live()).filter((worker) => worker.label === label);
  const served = new Set(
    live.flatMap((worker) => worker.labels.map((one) => labelQueue(label, one))),
  );
  const unserved = special.filter(({ queueName = '' }) => !served.has(queueName));
  if (unserved.length === 0) return;
  await pool.query(MOVE, [
    queues(label).sessions,
    unserved.map(({ workflowID }) => workflowID),
    unserved.map(({ queueName }) => queueName),
  ]);
}

/** Only what still waits: the library's own way would put back what somebody has begun meanwhile. */
const MOVE = `
  update dbos.workflow_status set queue_name = $1
  where workflow_uuid = any($2) and queue_name = any($3) and status = 'ENQUEUED'`;
