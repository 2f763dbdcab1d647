import { hasCode, messageOf } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import { allSettled, type WorkItem } from '../domain/work-item.ts';
import type { EngineClient } from './client.ts';
import type { Engine, EngineDeps } from './deps.ts';
import {
  APPLICATION,
  attemptWorkflowId,
  phaseId,
  queues,
  SETTLED_TOPIC,
  VERSION,
} from './names.ts';
import { itemsOf } from './run-state.ts';
import { drainOutbox, readTracker } from './tracker-sync.ts';

/**
 * Gives out ready work items of one run, each in the transaction that claims it, only while a slot
 * is free: what is not claimed can still be edited, re-ordered or called off by people. A tracker
 * that only a person can mend parks the run.
 */
export async function dispatch(engine: Engine, client: EngineClient, run: Run): Promise<void> {
  try {
    await giveOut(engine, client, run);
  } catch (error) {
    if (!hasCode(error, 'TRACKER_DAMAGED')) throw error;
    await engine.deps.store.runs.hold(run, 'park', messageOf(error));
  }
}

async function giveOut(engine: Engine, client: EngineClient, run: Run): Promise<void> {
  const { deps } = engine;
  await drainOutbox(deps, run);
  const phase = (await deps.store.phases.list(run.id)).find((one) => one.name === 'implement');
  if (run.status !== 'running' || run.control !== null || phase?.status !== 'running') return;
  await readTracker(deps, run);
  const hindrance = await whatHolds(deps, run);
  if (hindrance !== undefined) return deps.store.runs.hold(run, 'park', hindrance);
  // What was given a moment ago has not begun here yet, but will.
  for (let given = 0; await mayClaim(engine, run, given); given += 1)
    if (!(await claimOne(engine, client, run))) break;
  await tellWhenSettled(engine, client, { run, attempt: phase.attempts });
}

/** A free slot in this process, and a session left of the run's. */
async function mayClaim({ deps, running }: Engine, run: Run, given: number): Promise<boolean> {
  if (running.count() + given >= deps.capacity) return false;
  return (await deps.store.attempts.list(run.id)).length < run.settings.maxSessions;
}

/** Why the run can't go on by itself for now, once its last session has ended. */
async function whatHolds({ store, clock }: EngineDeps, run: Run): Promise<string | undefined> {
  if ((await store.attempts.list(run.id, { open: true })).length > 0) return undefined;
  const items = await itemsOf(store, run);
  const ready = items.filter((item) => item.status === 'todo' && dependenciesDone(item, items));
  if (ready.length === 0) return undefined;
  const { maxSessions, maxLimitWaitMs } = run.settings;
  if ((await store.attempts.list(run.id)).length >= maxSessions)
    return `the cap of ${maxSessions} sessions is reached`;
  const latest = new Date(clock.now() + maxLimitWaitMs).toISOString();
  const far = ready.filter((item) => item.notBefore !== null && item.notBefore > latest);
  return far.length < ready.length
    ? undefined
    : `${far[0]?.key ?? ''}: ${far[0]?.reason ?? 'a limit'}`;
}

function dependenciesDone(item: WorkItem, items: readonly WorkItem[]): boolean {
  return item.dependencies.every(
    (key) => items.find((other) => other.key === key)?.status === 'done',
  );
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
  const items = await itemsOf(deps.store, run);
  if (!allSettled(items)) return;
  const newest =
    items
      .map((item) => item.updatedAt)
      .toSorted()
      .at(-1) ?? 'none';
  const target = phaseId(run, 'implement', attempt);
  await client.send(target, 'settled', SETTLED_TOPIC, `${target}:${newest}`);
}
