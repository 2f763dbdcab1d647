import { hasCode } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import { SKIPPED, type ItemDraft, type WorkItem } from '../domain/work-item.ts';
import type { OutboxOp, RunStore } from '../work/run-store.ts';
import type { NewItem, TrackedItem, WorkTracker } from '../work/tracker.ts';
import type { EngineDeps } from './deps.ts';

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
      await tracker.claim(write.key, write.owner);
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
  const { key, title, description, priority, dependencies } = draft;
  return { key, title, description, priority, dependencies, labels: [] };
}

/** People may have moved the item meanwhile: the claim that stands there is taken as it is. */
async function close(
  tracker: WorkTracker,
  write: Extract<OutboxOp, { op: 'finish' | 'release' }>,
): Promise<void> {
  const item = await tracker.get(write.key);
  const { key } = write;
  const to = write.op === 'release' ? 'todo' : write.status;
  if (item.claim === null && to !== 'done') return tracker.move(key, to);
  const claim = item.claim ?? (await tracker.claim(key, write.owner));
  if (claim === undefined) return;
  try {
    await (write.op === 'finish' ? tracker.finish(claim, write.status) : tracker.release(claim));
  } catch (error) {
    if (!hasCode(error, 'CLAIM_LOST')) throw error;
  }
}

/**
 * Takes over what people changed in the tracker since the plan was agreed: theirs wins. True when
 * there was anything.
 */
export async function takeOverChanges(
  deps: Pick<EngineDeps, 'store' | 'trackerOf'>,
  run: Run,
): Promise<boolean> {
  const tracker = await deps.trackerOf(run);
  const tracked = new Map((await tracker.list()).map((item) => [item.key, item]));
  let changed = false;
  for (const item of await deps.store.items.ofRun(run.id)) {
    const theirs = tracked.get(item.key);
    if (item.status !== 'todo' || theirs === undefined) continue;
    if (await takeOver(deps.store, item, theirs)) changed = true;
  }
  return changed;
}

async function takeOver(
  { items }: Pick<RunStore, 'items'>,
  item: WorkItem,
  theirs: TrackedItem,
): Promise<boolean> {
  const { projectId, key } = item;
  if (theirs.cancelled) {
    await items.block(projectId, key, `${SKIPPED}: cancelled in the tracker`, 'person');
    return true;
  }
  const { title, description, priority } = theirs;
  const same =
    title === item.title && description === item.description && priority === item.priority;
  if (!same) await items.edit(projectId, key, { title, description, priority }, 'person');
  return !same;
}
