import type { Run } from '../domain/run.ts';
import { settled } from '../domain/work-item.ts';
import type { EngineClient } from './client.ts';
import type { Engine } from './deps.ts';
import {
  APPLICATION,
  attemptWorkflowId,
  phaseId,
  queues,
  SETTLED_TOPIC,
  VERSION,
} from './names.ts';
import { drainOutbox, readTracker } from './tracker-sync.ts';

/**
 * Gives out ready work items of one run, each in the transaction that claims it, only while a slot
 * is free: what is not claimed can still be edited, re-ordered or called off by people.
 */
export async function dispatch(engine: Engine, client: EngineClient, run: Run): Promise<void> {
  const { deps } = engine;
  await drainOutbox(deps, run);
  const phase = (await deps.store.phases.list(run.id)).find((one) => one.name === 'implement');
  if (run.status !== 'running' || run.control !== null || phase?.status !== 'running') return;
  await readTracker(deps, run);
  while (engine.running.count() < deps.capacity && (await claimOne(engine, client, run)));
  await tellWhenSettled(engine, client, { run, attempt: phase.attempts });
}

async function claimOne({ deps }: Engine, client: EngineClient, run: Run): Promise<boolean> {
  const attemptId = deps.newId();
  const order = { parallel: run.settings.parallel, attemptId, sessionId: deps.newId() };
  const claimed = await deps.store.items.claimNext(run.id, order, () => async (transaction) => {
    await client.enqueueInTransaction(
      transaction,
      {
        queueName: queues(run.settings.label).sessions,
        workflowName: 'attempt',
        workflowID: attemptWorkflowId(attemptId),
        appVersion: VERSION,
        applicationName: APPLICATION,
      },
      attemptId,
      { feedback: '' },
    );
  });
  return claimed !== undefined;
}

/** Wakes the waiting phase; keyed by the state that was seen, so that saying it twice is once. */
async function tellWhenSettled(
  { deps }: Engine,
  client: EngineClient,
  { run, attempt }: { readonly run: Run; readonly attempt: number },
): Promise<void> {
  const items = await deps.store.items.list(run.projectId);
  if (!items.every(settled)) return;
  const newest =
    items
      .map((item) => item.updatedAt)
      .toSorted()
      .at(-1) ?? 'none';
  const target = phaseId(run, 'implement', attempt);
  await client.send(target, 'settled', SETTLED_TOPIC, `${target}:${newest}`);
}
