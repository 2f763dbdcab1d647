import { isDeepStrictEqual } from 'node:util';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { HarnessError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import { byPriority, type ItemDraft, type WorkItem } from '../../domain/work-item.ts';
import type { ItemRows } from '../../work/run-store.ts';
import { commit } from './commit.ts';
import { ITEM, lockItem } from './item-row.ts';
import { queueWrites } from './outbox.ts';
import { lockProject } from './projects.ts';
import { findRun, keysOf, unknownRun } from './run-row.ts';
import * as t from './schema.ts';
import type { Queries, Tx } from './transaction.ts';

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
  if (!tracked && added.length < drafts.length)
    await refuseOthers(tx, { runId, drafts, by }, added);
  if (added.length === 0) return [];
  if (!tracked) await queueWrites(tx, run.projectId, [{ op: 'create', items: added }]);
  const events = added.map(
    ({ key, title, dependencies }) =>
      ({ type: 'item.added', item: key, title, dependencies, by }) as const,
  );
  await commit(tx, { ...keysOf(run), events });
  return added.map(({ key }) => key);
}

/** What was there before must be what is added, stored by an execution that came to its end too late. */
async function refuseOthers(
  { db }: Tx,
  order: Omit<Addition, 'tracked'>,
  added: readonly ItemDraft[],
): Promise<void> {
  const drafts = order.drafts.filter((draft) => !added.includes(draft));
  const [other] = await takenKeys(db, { ...order, drafts });
  if (other !== undefined) throw takenKey(other);
}

/** See `taken` of the port. */
export async function takenKeys(
  db: Queries,
  { runId, drafts, by }: Omit<Addition, 'tracked'>,
): Promise<readonly string[]> {
  const run = (await findRun(db, runId)) ?? unknownRun(runId);
  const own = eq(t.item.projectId, run.projectId);
  const wanted = drafts.map(({ key }) => key);
  const there = await db
    .select({ key: t.item.key })
    .from(t.item)
    .where(and(own, inArray(t.item.key, wanted)));
  if (there.length === 0) return [];
  const told = await toldBy(db, run, by);
  const others = new Set(there.map(({ key }) => key));
  return drafts.filter((draft) => others.has(draft.key) && !told(draft)).map(({ key }) => key);
}

/** Whether exactly this was added to the run by the same: the item itself may have been edited since. */
async function toldBy(
  db: Queries,
  { id, projectId }: Run,
  by: string,
): Promise<(draft: ItemDraft) => boolean> {
  const rows = await db
    .select({ event: t.event.data })
    .from(t.event)
    .where(
      and(
        eq(t.event.projectId, projectId),
        eq(t.event.runId, id),
        sql`${t.event.data}->>'type' = 'item.added'`,
      ),
    );
  const added = rows.flatMap(({ event }) => (event.type === 'item.added' ? [event] : []));
  return ({ key, title, dependencies }) =>
    added.some(
      (event) =>
        event.by === by &&
        isDeepStrictEqual(
          [event.item, event.title, event.dependencies],
          [key, title, [...dependencies]],
        ),
    );
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
