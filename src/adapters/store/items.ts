import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { HarnessError } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Run } from '../../domain/run.ts';
import { byPriority, type WorkItem } from '../../domain/work-item.ts';
import type { ItemRows, OutboxOp } from '../../work/run-store.ts';
import { addItem, addItems, takenKeys } from './add-items.ts';
import { listPending } from './approval-row.ts';
import { claimNext } from './claim.ts';
import { commit } from './commit.ts';
import { isItem, ITEM, lockItem } from './item-row.ts';
import { queueWrites } from './outbox.ts';
import { lockRun, moveRun } from './run-row.ts';
import * as t from './schema.ts';
import { type Database, transaction, type Tx } from './transaction.ts';

interface Deed {
  readonly projectId: string;
  readonly key: string;
  readonly by: string;
}

type Edit = Parameters<ItemRows['edit']>[2];

/** Work items on Postgres; see the port for what each promises. */
export function createItemRows({ pool, db }: Database): ItemRows {
  return {
    async list(projectId) {
      const rows = await db.select(ITEM).from(t.item).where(eq(t.item.projectId, projectId));
      return rows.toSorted(byPriority);
    },
    async ofRun(runId) {
      const rows = await db.select(ITEM).from(t.item).where(eq(t.item.runId, runId));
      return rows.toSorted(byPriority);
    },
    async standing(runId) {
      return db
        .select({
          key: t.item.key,
          status: t.item.status,
          dependencies: t.item.dependencies,
          labels: t.item.labels,
          notBefore: t.item.notBefore,
          reason: t.item.reason,
          updatedAt: t.item.updatedAt,
        })
        .from(t.item)
        .where(eq(t.item.runId, runId));
    },
    async get(projectId, key) {
      const [row] = await db.select(ITEM).from(t.item).where(isItem(projectId, key));
      return row;
    },
    addOne: (runId, draftOf, by) => transaction(pool, (tx) => addItem(tx, { runId, by }, draftOf)),
    taken: (runId, drafts, by) => takenKeys(db, { runId, drafts, by }),
    async add(runId, drafts, by) {
      await transaction(pool, (tx) => addItems(tx, { runId, drafts, by, tracked: false }));
    },
    async adopt(runId, drafts, by) {
      await transaction(pool, (tx) => addItems(tx, { runId, drafts, by, tracked: true }));
    },
    claimNext: (runId, order, also) =>
      transaction(pool, (tx) => claimNext(tx, { ...order, runId }, also)),
    block: (...[projectId, key, reason, by]) =>
      transaction(pool, (tx) => block(tx, { projectId, key, by }, reason)),
    retry: (projectId, key, by) => transaction(pool, (tx) => retry(tx, { projectId, key, by })),
    edit: (...[projectId, key, change, by]) =>
      transaction(pool, (tx) => edit(tx, { projectId, key, by }, change)),
  };
}

async function block(tx: Tx, { projectId, key, by }: Deed, reason: string): Promise<void> {
  const run = await lockRunOf(tx, projectId, key);
  const item = await lockUnfinished(tx, projectId, key);
  if (item.status === 'blocked') return;
  await tx.db
    .update(t.item)
    .set({ status: 'blocked', reason, notBefore: null, updatedAt: sql`now()` })
    .where(isItem(projectId, key));
  const owner = (await openAttemptOf(tx, item)) ?? by;
  await queueWrites(tx, projectId, [
    { op: 'comment', key, id: `blocked:${randomUUID()}`, author: by, text: reason },
    { op: 'finish', key, owner, status: 'blocked' },
  ]);
  const blocked = { type: 'item.blocked', item: key, reason, by } as const;
  const moved = await goOnUnlessAsked(tx, run);
  await commit(tx, { projectId, runId: item.runId, events: [blocked, ...moved] });
}

/** Before its item: the one order of locks. */
async function lockRunOf(tx: Tx, projectId: string, key: string): Promise<Run | undefined> {
  const [item] = await tx.db.select(ITEM).from(t.item).where(isItem(projectId, key));
  return item && lockRun(tx, item.runId);
}

/** The last question may have been about this very item, and nobody will answer it now. */
async function goOnUnlessAsked(tx: Tx, run: Run | undefined): Promise<readonly HarnessEvent[]> {
  if (run?.status !== 'waiting_approval') return [];
  const open = await listPending(tx.db, run.id);
  return open.length > 0 ? [] : moveRun(tx, run, { status: 'running', reason: null });
}

async function retry(tx: Tx, { projectId, key, by }: Deed): Promise<void> {
  const item = await lockUnfinished(tx, projectId, key);
  const owner = await openAttemptOf(tx, item);
  if (owner === undefined && isFresh(item)) return;
  const fresh = { failures: 0, notBefore: null, reason: null, updatedAt: sql`now()` };
  const status = owner === undefined ? 'todo' : 'in_progress';
  await tx.db
    .update(t.item)
    .set({ ...fresh, status })
    .where(isItem(projectId, key));
  // Open there before it is claimed again: while a claim holds, "blocked" is a person's word.
  const release: OutboxOp = { op: 'release', key, owner: owner ?? by };
  const writes = owner === undefined ? [release] : [release, { op: 'claim', key, owner } as const];
  if (item.status === 'blocked') await queueWrites(tx, projectId, writes);
  const returned = { item: key, reason: `${by} asked for another try`, notBefore: null };
  const { runId } = item;
  await commit(tx, { projectId, runId, events: [{ type: 'item.returned', ...returned }] });
}

/** A person who asked for another try, and asks again, changes nothing. */
function isFresh({ status, failures, notBefore, reason }: WorkItem): boolean {
  return status === 'todo' && failures === 0 && notBefore === null && reason === null;
}

async function edit(tx: Tx, { projectId, key, by }: Deed, change: Edit): Promise<void> {
  const item = await lockItem(tx, projectId, key);
  const parts = EDITABLE.filter(
    (part) => change[part] !== undefined && !isDeepStrictEqual(change[part], item[part]),
  );
  if (parts.length === 0) return;
  await tx.db
    .update(t.item)
    .set({
      ...Object.fromEntries(parts.map((part) => [part, change[part]])),
      updatedAt: sql`now()`,
    })
    .where(isItem(projectId, key));
  const edited = { item: key, by, change: parts.join(', ') };
  const { runId } = item;
  await commit(tx, { projectId, runId, events: [{ type: 'item.edited', ...edited }] });
}

const EDITABLE = [
  'title',
  'description',
  'priority',
  'dependencies',
  'parent',
  'labels',
  'checks',
] as const;

async function lockUnfinished(tx: Tx, projectId: string, key: string): Promise<WorkItem> {
  const item = await lockItem(tx, projectId, key);
  if (item.status !== 'done') return item;
  const message = `${key} is done (${item.commit}); add a new work item for what is still missing.`;
  throw new HarnessError('ITEM_DONE', message, { exit: 2 });
}

async function openAttemptOf({ db }: Tx, item: WorkItem): Promise<string | undefined> {
  const [open] = await db
    .select({ id: t.attempt.id })
    .from(t.attempt)
    .where(
      and(
        eq(t.attempt.projectId, item.projectId),
        eq(t.attempt.itemKey, item.key),
        isNull(t.attempt.endedAt),
      ),
    );
  return open?.id;
}
