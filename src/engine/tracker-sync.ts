import { addedTo } from '../demo/board.ts';
import { HarnessError, hasCode } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import {
  WITH_PERSON,
  settled,
  skipped,
  SKIPPED,
  type ItemDraft,
  type WorkItem,
} from '../domain/work-item.ts';
import type { ItemEdit, OutboxOp, RunStore } from '../work/run-store.ts';
import type { NewItem, TrackedItem, TrackerClaim, WorkTracker } from '../work/tracker.ts';
import type { EngineDeps } from './deps.ts';
import { editOf, followed, type Tracked } from './followed.ts';

/** Carries out what waits, in order, each until it is confirmed: a crash neither loses nor doubles one. */
export async function drainOutbox(
  deps: Pick<EngineDeps, 'store' | 'trackerOf'>,
  run: Run,
): Promise<void> {
  const waiting = await deps.store.outbox.pending(run.projectId, 100);
  if (waiting.length === 0) return;
  const tracker = await deps.trackerOf(run);
  for (const entry of waiting) {
    await applyIfThere(tracker, entry.op);
    await deps.store.outbox.done(entry.id);
  }
}

/** A person who removed an item from the tracker has the last word there. */
async function applyIfThere(tracker: WorkTracker, write: OutboxOp): Promise<void> {
  try {
    await apply(tracker, write);
  } catch (error) {
    if (!hasCode(error, 'ITEM_UNKNOWN')) throw error;
  }
}

async function apply(tracker: WorkTracker, write: OutboxOp): Promise<void> {
  switch (write.op) {
    case 'create':
      return tracker.create(write.items.map(newItemOf));
    case 'claim':
      // What it waits for was decided by the store, which counts what was skipped as settled.
      await tracker.take(write.key, write.owner);
      return undefined;
    case 'comment': {
      const { id, author, text } = write;
      return tracker.comment(write.key, { id, author, text });
    }
    case 'finish':
    case 'release':
      return close(tracker, write);
  }
}

function newItemOf(draft: ItemDraft): NewItem {
  const { key, title, description, priority, dependencies, parent = null, labels = [] } = draft;
  return { key, title, description, priority, dependencies, parent, labels };
}

/** People may have moved the item meanwhile: the claim that stands there is taken as it is. */
async function close(
  tracker: WorkTracker,
  write: Extract<OutboxOp, { op: 'finish' | 'release' }>,
): Promise<void> {
  const { key, owner } = write;
  const to = write.op === 'release' ? 'todo' : write.status;
  if (to === 'done') return finishDone(tracker, { key, owner });
  const { claim } = await tracker.get(key);
  if (claim === null) return tracker.move(key, to);
  await ended(() => (to === 'todo' ? tracker.release(claim) : tracker.finish(claim, to)));
}

/** People are not that quick: more in a row is a program that wants it, too. */
const TRIES = 3;

/**
 * What was proved is done there as well, whoever holds it, unless people finished or cancelled it. Throws
 * `TRACKER_BUSY`, and it stays to be told, when others keep taking it at that very moment.
 */
async function finishDone(
  tracker: WorkTracker,
  { key, owner }: { readonly key: string; readonly owner: string },
): Promise<void> {
  const finish = (claim: TrackerClaim): Promise<boolean> =>
    ended(() => tracker.finish(claim, 'done'));
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { claim } = await tracker.get(key);
    if (claim !== null && (await finish(claim))) return;
    const taken = await tracker.take(key, owner);
    if (taken !== undefined && (await finish(taken))) return;
    const { status, cancelled } = await tracker.get(key);
    if (status === 'done' || cancelled) return;
  }
  throw new HarnessError(
    'TRACKER_BUSY',
    `${key} is done, but cannot be marked so in the tracker: others keep claiming it there; mark it as done by hand`,
    { exit: 75 },
  );
}

/** False when another claim is newer. */
async function ended(end: () => Promise<void>): Promise<boolean> {
  try {
    await end();
    return true;
  } catch (error) {
    if (!hasCode(error, 'CLAIM_LOST')) throw error;
    return false;
  }
}

/**
 * Takes over what people changed in the tracker since the plan was agreed: theirs wins. True when
 * there was anything. Items are read before the tracker, and those with a write still to be told or
 * that moved meanwhile are left for the next time: what the harness did itself is no word of people.
 */
export async function takeOverChanges(
  deps: Pick<EngineDeps, 'store' | 'trackerOf'>,
  run: Run,
  memory?: MissingItems,
): Promise<boolean> {
  const { items, outbox } = deps.store;
  const before = await items.ofRun(run.id);
  if ((await outbox.pending(run.projectId, 1)).length > 0) return false;
  const tracker = await deps.trackerOf(run);
  if (run.settings.demo !== undefined) await tracker.adopt();
  const tracked = await trackedNow(tracker, before, memory);
  const moved = new Map((await items.standing(run.id)).map((now) => [now.key, now.updatedAt]));
  let changed = await takeInNew(deps.store, run, { before, tracked });
  const graph = followed(before, tracked);
  const demo = run.settings.demo !== undefined;
  for (const item of before) {
    const theirs = tracked.get(item.key);
    if (theirs === undefined || moved.get(item.key) !== item.updatedAt) continue;
    const { key, dependencies } = item;
    const edit = editOf(item, theirs, { dependencies: graph.get(key) ?? dependencies, demo });
    if (await takeOver({ ...deps.store, tracker }, item, { theirs, edit })) changed = true;
  }
  return changed;
}

/** What a tracker did not know when it was last asked for it, so that not every look asks again. */
interface MissingItems {
  /** By run and key: when it was asked; monotonic milliseconds. */
  readonly missing: Map<string, number>;
  readonly now: number;
}

/** What people deleted seldom comes back, and shows in the list when it does. */
const MISSING_MS = 600_000;

/** Also what left the list: a person may have moved it to where only its key finds it. */
async function trackedNow(
  tracker: WorkTracker,
  items: readonly WorkItem[],
  { missing, now }: MissingItems = { missing: new Map(), now: 0 },
): Promise<Tracked> {
  const tracked = new Map((await tracker.list()).map((item) => [item.key, item]));
  for (const item of items) {
    if (settled(item) || tracked.has(item.key)) continue;
    const name = `${item.runId} ${item.key}`;
    if (now - (missing.get(name) ?? -Infinity) < MISSING_MS) continue;
    const found = await getIfThere(tracker, item.key);
    if (found === undefined) missing.set(name, now);
    else tracked.set(item.key, found);
  }
  return tracked;
}

async function getIfThere(tracker: WorkTracker, key: string): Promise<TrackedItem | undefined> {
  try {
    return await tracker.get(key);
  } catch (error) {
    if (!hasCode(error, 'ITEM_UNKNOWN')) throw error;
    return undefined;
  }
}

const CANCELLED = `${SKIPPED}: cancelled in the tracker`;
const DONE = `${SKIPPED}: marked as done in the tracker`;
const BEGUN = `${WITH_PERSON} in the tracker: they mark it as done there, or move it back to todo for an agent to do it`;

/** In demo mode what people add to the tracker is work, too. */
async function takeInNew(
  { items }: Pick<RunStore, 'items'>,
  { id, projectId, settings }: Run,
  { before, tracked }: { readonly before: readonly WorkItem[]; readonly tracked: Tracked },
): Promise<boolean> {
  if (settings.demo === undefined) return false;
  const known = new Set((await items.list(projectId)).map(({ key }) => key));
  const added = addedTo([...tracked.values()], known);
  if (added.length === 0) return false;
  const graph = followed([...before, ...added], tracked);
  const drafts = added.map((draft) =>
    Object.assign({}, draft, { dependencies: graph.get(draft.key) ?? [] }),
  );
  await items.adopt(id, drafts, 'person');
  return true;
}

/** True when there was anything to take over. */
async function takeOver(
  { items, tracker }: Pick<RunStore, 'items'> & { readonly tracker: WorkTracker },
  item: WorkItem,
  { theirs, edit }: { readonly theirs: TrackedItem; readonly edit: ItemEdit | undefined },
): Promise<boolean> {
  const { projectId, key } = item;
  const reason = takenAway(item, theirs);
  // A list may be older than a claim of ours; one item is read with its claims.
  if (reason === BEGUN && !isBegun(await tracker.get(key))) return false;
  if (reason !== null) {
    // Blocking what is blocked changes nothing in the store: another reason needs it open.
    if (item.status === 'blocked') await items.retry(projectId, key, 'person');
    await items.block(projectId, key, reason, 'person');
    return true;
  }
  if (isGivenBack(item, theirs)) {
    await items.retry(projectId, key, 'person');
    return true;
  }
  if (item.status !== 'todo' || edit === undefined) return false;
  await items.edit(projectId, key, edit, 'person');
  return true;
}

/** Why a person took it out of the plan; also while an agent works on it. */
function takenAway(item: WorkItem, theirs: TrackedItem): string | null {
  const { status } = item;
  if (status === 'done' || (status === 'blocked' && skipped(item))) return null;
  if (theirs.cancelled) return CANCELLED;
  if (theirs.status === 'done') return DONE;
  if (status !== 'todo') return null;
  if (theirs.status === 'blocked') return 'blocked in the tracker';
  return isBegun(theirs) ? BEGUN : null;
}

/** Under way there without a claim: every agent has one, so it is a person. */
function isBegun({ status, claim }: TrackedItem): boolean {
  return status === 'in_progress' && claim === null;
}

/** Moved from blocked to todo, or no longer cancelled. */
function isGivenBack({ status, reason }: WorkItem, theirs: TrackedItem): boolean {
  if (status !== 'blocked' || theirs.cancelled || theirs.status === 'done') return false;
  return theirs.status === 'todo' || reason === CANCELLED;
}
