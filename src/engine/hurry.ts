import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { WorkflowQueue } from '@dbos-inc/dbos-sdk';
// Internal, as for the takeover of dead workers: the library only ever looks at its queues by the clock.
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { startLoop } from './loop.ts';
import { VERSION } from './names.ts';

/** Begins what waits in a queue of this process without waiting for the queue's next look. */
export interface Hurry {
  /** Looks soon; several wishes are one look. What it does not find, a later look does. */
  look(queue: string): void;
  /** No further look; resolves when the one under way is over. */
  stop(): Promise<void>;
}

/**
 * The library looks far more often, for what another process enqueued and for a look that failed; but by the
 * clock of the day, so that not for an hour when that is set back by one.
 */
const LOOK_MS = 5_000;

/** Call it outside every workflow: what it begins must not count as a child of what wished for it. */
export function createHurry(
  queues: readonly WorkflowQueue[],
  onError: (message: string) => void,
): Hurry {
  const outside = AsyncLocalStorage.snapshot();
  const loops = new Map(
    queues.map((queue) => [
      queue.name,
      startLoop(() => beginReady(queue), { everyMs: LOOK_MS, onError }),
    ]),
  );
  return {
    look: (queue) => outside(() => loops.get(queue)?.wake()),
    async stop() {
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
    },
  };
}

async function beginReady(queue: WorkflowQueue): Promise<void> {
  const executor = DBOSExecutor.globalInstance;
  if (executor === undefined) return;
  const { systemDatabase } = executor;
  const claim = randomUUID();
  const running = systemDatabase.countRunningWorkflowsForQueue(queue.name);
  const ids = await systemDatabase.findAndMarkStartableWorkflows(
    queue,
    executor.executorID,
    VERSION,
    undefined,
    running,
    0,
    claim,
  );
  await executor.dispatchDequeuedWorkflows(ids, claim);
}
