import { capReached, leftWithPeople, type Run } from '../domain/run.ts';
import {
  allSettled,
  labelFor,
  outOfTheWay,
  withPeople,
  type WorkItem,
} from '../domain/work-item.ts';
import type { ClaimedItem, ItemStanding } from '../work/run-store.ts';
import type { EngineClient } from './client.ts';
import type { Engine, EngineDeps } from './deps.ts';
import {
  APPLICATION,
  attemptWorkflowId,
  labelQueue,
  phaseId,
  queues,
  SETTLED_TOPIC,
  VERSION,
} from './names.ts';
import { waitForPeople } from './leave.ts';
import { drainOutbox, takeOverChanges } from './tracker-sync.ts';
import { outlastTracker } from './tracker-trouble.ts';

/**
 * Gives out ready work items of one run, each in the transaction that claims it, only while a slot
 * is free: what is not claimed can still be edited, re-ordered or called off by people. A tracker
 * that only a person can mend parks the run.
 */
export async function dispatch(engine: Engine, client: EngineClient, run: Run): Promise<void> {
  await outlastTracker(engine, run, () => giveOut(engine, client, run));
}

async function giveOut(engine: Engine, client: EngineClient, run: Run): Promise<void> {
  const { deps } = engine;
  await drainOutbox(deps, run);
  if (run.control !== null || !['running', 'waiting_approval'].includes(run.status)) return;
  const phase = (await deps.store.phases.list(run.id)).find((one) => one.name === 'implement');
  if (phase?.status !== 'running') return;
  const asked = await askedAbout(deps, run);
  if (run.status === 'waiting_approval') return goOnIfReady(deps, run, asked);
  const items = await freshItems(engine, run);
  if (await held(deps, run, { items, asked })) return;
  await claimAll(engine, client, { run, ready: readyAmong(items, asked).length });
  if (!allSettled(items)) return;
  await drainOutbox(deps, run);
  if (!(await nothingIsLeft(deps, run)) || (await leftToPeople(engine, run, items))) return;
  await tellSettled(client, phaseId(run, 'implement', phase.attempts), items);
}

/**
 * All that is left is what people work on, and what waits for that: the run failed in nothing, and is
 * parked until they are done.
 */
async function leftToPeople(
  { deps, missing }: Engine,
  run: Run,
  items: readonly ItemStanding[],
): Promise<boolean> {
  const keys = withPeople(items);
  if (keys.length === 0) return false;
  // They may be done since the last look.
  const changed = await takeOverChanges(deps, run, { missing, now: deps.clock.monotonic() });
  if (!changed) await deps.store.runs.hold(run, 'park', leftWithPeople(keys));
  return true;
}

/**
 * The agent of an item that was taken away may still be at work, and its work is not saved yet. The last
 * end is told before the run is over: nobody would tell it afterwards.
 */
async function nothingIsLeft({ store }: EngineDeps, run: Run): Promise<boolean> {
  if ((await store.attempts.count(run.id, { open: true })) > 0) return false;
  return (await store.outbox.pending(run.projectId, 1)).length === 0;
}

/** Whether the run can't go on by itself for now: parked, or waiting for people. */
async function held(deps: EngineDeps, run: Run, standing: Standing): Promise<boolean> {
  if (await parkedFor(deps, run, standing)) return true;
  const { items, asked } = standing;
  if (readyAmong(items, asked).length > 0 || asked.size === 0) return false;
  await waitIfIdle(deps, run);
  return true;
}

async function claimAll(
  engine: Engine,
  client: EngineClient,
  { run, ready }: { readonly run: Run; readonly ready: number },
): Promise<void> {
  // What was given a moment ago has not begun here yet, but will.
  for (let given = 0; given < ready && (await mayClaim(engine, run, given)); given += 1)
    if (!(await claimOne(engine, client, run))) break;
}

/** While nothing can be given out, a person's change is heard of within this. */
const LOOK_MS = 15_000;

/** Where the run's items stand, as people want them by now: read again right before one is given out. */
async function freshItems(engine: Engine, run: Run): Promise<readonly ItemStanding[]> {
  const { deps, lookedAt, missing } = engine;
  const items = await deps.store.items.standing(run.id);
  const now = deps.clock.monotonic();
  const rested = now - (lookedAt.get(run.id) ?? -Infinity) >= LOOK_MS;
  if (!rested && !(await mayGive(engine, run, items))) return items;
  lookedAt.set(run.id, now);
  const changed = await takeOverChanges(deps, run, { missing, now });
  return changed ? deps.store.items.standing(run.id) : items;
}

/** Whether the next step is to give one out: due by now, with a free slot here. */
async function mayGive(engine: Engine, run: Run, items: readonly ItemStanding[]): Promise<boolean> {
  const { store, clock } = engine.deps;
  const now = new Date(clock.now()).toISOString();
  const due = readyAmong(items, new Set()).some(
    (item) => (item.notBefore ?? '') <= now && queueFor(engine.deps, run, item) !== undefined,
  );
  if (!due || !(await mayClaim(engine, run, 0))) return false;
  return (await store.attempts.count(run.id, { atWork: true })) < run.settings.parallel;
}

/** A free slot in this process, and a session left of the run's. */
async function mayClaim({ deps, running }: Engine, run: Run, given: number): Promise<boolean> {
  if (running.agents() + given >= deps.capacity) return false;
  // Demo mode takes one after the other: the next one builds on what was proved.
  if (run.settings.demo !== undefined)
    if ((await deps.store.attempts.count(run.id, { open: true })) > 0) return false;
  return (await deps.store.attempts.count(run.id)) < run.settings.maxSessions;
}

/** Keys of the items whose changes a person has yet to allow. */
async function askedAbout({ store }: EngineDeps, run: Run): Promise<ReadonlySet<string>> {
  const open = await store.approvals.pending(run.id);
  return new Set(open.map(({ change }) => change?.itemKey ?? ''));
}

/** Nothing is ready, and people are asked: they are waited for, once the last session has ended. */
async function waitIfIdle({ store }: EngineDeps, run: Run): Promise<void> {
  if ((await store.attempts.count(run.id, { open: true })) === 0) await waitForPeople(store, run);
}

/** Somebody added, freed or took away an item while the run waited for an answer about another one. */
async function goOnIfReady(
  { store }: EngineDeps,
  run: Run,
  asked: ReadonlySet<string>,
): Promise<void> {
  const ready = readyAmong(await store.items.standing(run.id), asked);
  if (ready.length > 0 || asked.size === 0) await store.runs.setStatus(run, 'running', null);
}

interface Standing {
  readonly items: readonly ItemStanding[];
  readonly asked: ReadonlySet<string>;
}

/** Parks a run that can't go on by itself for now, once its last session has ended. */
async function parkedFor(deps: EngineDeps, run: Run, { items, asked }: Standing): Promise<boolean> {
  const ready = readyAmong(items, asked);
  if (ready.length === 0) return false;
  const { store } = deps;
  if ((await store.attempts.count(run.id, { open: true })) > 0) return false;
  const hindrance = whatHolds(deps, run, { ready, sessions: await store.attempts.count(run.id) });
  if (hindrance !== undefined) await store.runs.hold(run, 'park', hindrance);
  return hindrance !== undefined;
}

/** Two clocks, this process's and the database's, may differ so much. */
const SKEW_MS = 60_000;

function whatHolds(
  { clock }: EngineDeps,
  run: Run,
  { ready, sessions }: { readonly ready: readonly ItemStanding[]; readonly sessions: number },
): string | undefined {
  const { maxSessions, maxLimitWaitMs } = run.settings;
  if (sessions >= maxSessions) return capReached(maxSessions);
  const latest = new Date(clock.now() + maxLimitWaitMs).toISOString();
  // A wait that was begun in the future is over: the clock was set back since, and the claim says so too.
  const begun = new Date(clock.now() + SKEW_MS).toISOString();
  const far = ready.filter(
    ({ notBefore, updatedAt }) => notBefore !== null && notBefore > latest && updatedAt <= begun,
  );
  return far.length < ready.length
    ? undefined
    : `${far[0]?.key ?? ''}: ${far[0]?.reason ?? 'a limit'}`;
}

/** Those that nothing but a time or a slot keeps from being worked on. */
function readyAmong(
  items: readonly ItemStanding[],
  asked: ReadonlySet<string>,
): readonly ItemStanding[] {
  // What the run does not know may be done by an earlier one: the claim has the last word.
  const open = new Set(items.filter((item) => !outOfTheWay(item)).map(({ key }) => key));
  return items.filter(
    ({ key, status, dependencies }) =>
      status === 'todo' && !asked.has(key) && !dependencies.some((needed) => open.has(needed)),
  );
}

/** Where this worker lets the item wait for its session; undefined: it is not for workers like this one. */
function queueFor(
  { labels }: Pick<EngineDeps, 'labels'>,
  { settings: { label } }: Run,
  item: Pick<WorkItem, 'labels'>,
): string | undefined {
  if (labels.length === 0) return queues(label).sessions;
  const mine = labelFor(item, labels);
  return mine === undefined ? undefined : labelQueue(label, mine);
}

async function claimOne({ deps, hurry }: Engine, client: EngineClient, run: Run): Promise<boolean> {
  const attemptId = deps.newId();
  const { parallel, label } = run.settings;
  const order = { parallel, attemptId, sessionId: deps.newId(), labels: deps.labels };
  const queueOf = ({ item }: ClaimedItem): string =>
    queueFor(deps, run, item) ?? queues(label).sessions;
  const claimed = await deps.store.items.claimNext(
    run.id,
    order,
    (claim) => async (transaction) => {
      await client.enqueueInTransaction(
        transaction,
        {
          queueName: queueOf(claim),
          workflowName: 'attempt',
          workflowID: attemptWorkflowId(attemptId),
          appVersion: VERSION,
          applicationName: APPLICATION,
        },
        attemptId,
        { feedback: '' },
      );
    },
  );
  if (claimed !== undefined) hurry.look(queueOf(claimed));
  return claimed !== undefined;
}

/** Wakes the waiting phase; keyed by the state that was seen, so that saying it twice is once. */
async function tellSettled(
  client: EngineClient,
  target: string,
  items: readonly ItemStanding[],
): Promise<void> {
  const times = items.map((item) => item.updatedAt).toSorted();
  await client.send(target, 'settled', SETTLED_TOPIC, `${target}:${times.at(-1) ?? 'none'}`);
}
