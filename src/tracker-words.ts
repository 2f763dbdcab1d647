import { createWebhookDoor } from './adapters/trackers/linear/webhook.ts';
import type { Run } from './domain/run.ts';
import type { Priority, WorkItem } from './domain/work-item.ts';
import { hasCode } from './domain/errors.ts';
import { drainOutbox, takeOverChanges } from './engine/tracker-sync.ts';
import type { App } from './open-app.ts';

/** What a person may say anew of a work item. */
export interface ItemChange {
  readonly title?: string;
  readonly description?: string;
  readonly priority?: Priority;
  readonly labels?: readonly string[];
}

/**
 * Changes an item where people follow it and in the store, in this order: the tracker has the last
 * word, so a change that it does not know would be taken back.
 */
export async function editItem(
  app: App,
  { run, item }: { readonly run: Run; readonly item: WorkItem },
  { change, by }: { readonly change: ItemChange; readonly by: string },
): Promise<void> {
  await drainOutbox(app, run);
  const tracker = await app.trackerOf(run);
  try {
    await tracker.edit(item.key, change);
  } catch (error) {
    if (!hasCode(error, 'ITEM_UNKNOWN')) throw error;
  }
  await app.store.items.edit(run.projectId, item.key, change, by);
}

/**
 * Takes over now what people changed in the tracker. False: the harness has something to tell there first,
 * so nothing was read.
 */
export async function readTracker(app: App, run: Run): Promise<boolean> {
  if ((await app.store.outbox.pending(run.projectId, 1)).length > 0) return false;
  await takeOverChanges(app, run);
  return true;
}

export { createWebhookDoor };
