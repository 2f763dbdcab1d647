import { eq } from 'drizzle-orm';
import { HarnessError } from '../../domain/errors.ts';
import { byPriority, type ItemDraft, type WorkItem } from '../../domain/work-item.ts';
import type { ItemRows } from '../../work/run-store.ts';
import { commit } from './commit.ts';
import { ITEM, lockItem } from './item-row.ts';
import { queueWrites } from './outbox.ts';
import { lockProject } from './projects.ts';
import { findRun, keysOf, unknownRun } from './run-row.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

interface Addition {
  readonly runId: string;
  readonly drafts: readonly ItemDraft[];
  readonly by: string;
  /** The tracker has them already. */
  readonly tracked: boolean;
}

/** Adds those whose key is new and returns their keys; the project's row is locked from then on. */
export async function addItems(
  tx: Tx,
  { runId, drafts, by, tracked }: Addition,
): Promise<readonly string[]> {
  const run = (await findRun(tx.db, runId)) ?? unknownRun(runId);
  if (drafts.length === 0) return [];
  // Whoever adds does so alone: what a person's item was given for a key stays free until it is stored.
  await lockProject(tx, run.projectId);
  const inserted = await tx.db
    .insert(t.item)
    .values(drafts.map((draft) => ({ ...rowOf(draft), ...keysOf(run) })))
    .onConflictDoNothing()
    .returning({ key: t.item.key });
  const keys = new Set(inserted.map(({ key }) => key));
  const added = drafts.filter(({ key }) => keys.delete(key));
  if (added.length === 0) return [];
  if (!tracked) await queueWrites(tx, run.projectId, [{ op: 'create', items: added }]);
  const events = added.map(
    ({ key, title, dependencies }) =>
      ({ type: 'item.added', item: key, title, dependencies, by }) as const,
  );
  await commit(tx, { ...keysOf(run), events });
  return added.map(({ key }) => key);
}

/** One item made of all there are; see `addOne` of the port. */
export async function addItem(
  tx: Tx,
  { runId, by }: Pick<Addition, 'runId' | 'by'>,
  draftOf: Parameters<ItemRows['addOne']>[1],
): Promise<WorkItem> {
  const { projectId } = (await findRun(tx.db, runId)) ?? unknownRun(runId);
  await lockProject(tx, projectId);
  const known = await tx.db.select(ITEM).from(t.item).where(eq(t.item.projectId, projectId));
  const draft = draftOf(known.toSorted(byPriority));
  const [key] = await addItems(tx, { runId, drafts: [draft], by, tracked: false });
  if (key === undefined) throw takenKey(draft.key);
  return lockItem(tx, projectId, key);
}

function takenKey(key: string): HarnessError {
  const message = `There is a work item ${key} already; nothing was added: choose another key, or leave it out.`;
  return new HarnessError('ITEM_TAKEN', message, { exit: 2 });
}

/** Only what was agreed, whatever else the draft carries. */
function rowOf({ dependencies, parent = null, labels = [], ...draft }: ItemDraft) {
  const { key, title, description, priority, checks } = draft;
  const lists = { dependencies: [...dependencies], labels: [...labels] };
  return { key, title, description, priority, ...lists, parent, checks };
}
