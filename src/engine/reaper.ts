import { DBOS } from '@dbos-inc/dbos-sdk';
// Internal: open source DBOS has no takeover of dead workers. Kept to this file, with a test of its own.
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type { EngineDeps } from './deps.ts';
import { APPLICATION, VERSION } from './names.ts';

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
