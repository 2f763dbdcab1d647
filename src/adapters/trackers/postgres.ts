import type { Pool } from 'pg';
import type { NewItem, TrackedItem, TrackerClaim, WorkTracker } from '../../work/tracker.ts';
import { withPlainText } from './plain-text.ts';
import { commentsOf, itemsOf, trackedOf } from './postgres-rows.ts';
import type { ItemRow } from './postgres-rows.ts';
import { claimLost, claimOf, inOrder, isReady, mayMove, mayTake, unknownItem } from './rules.ts';

/** Whose items, and on whose connections, which stay the caller's. */
export interface PostgresTrackerOrder {
  /** Its owner ends it; `close` does not. */
  readonly pool: Pool;
  readonly projectId: string;
}

type Change = Parameters<WorkTracker['edit']>[1];
type Table = PostgresTrackerOrder;

const COLUMNS = `key, title, description, priority, status, dependencies, labels, parent, cancelled,
  owner, fence, created_at, updated_at`;

/** The tracker in the harness's own database: `harness.tracker_item` and `tracker_comment`. */
export function openPostgresTracker(table: PostgresTrackerOrder): WorkTracker {
  return withPlainText({
    adopt: () => Promise.resolve(),
    async prepare() {
      await allRows(table);
      return null;
    },
    async list({ status } = {}) {
      const rows = inOrder(await allRows(table));
      return rows.filter((row) => status === undefined || row.status === status).map(trackedOf);
    },
    get: async (key) => trackedOf(await oneRow(table, key)),
    names: async () => (await allRows(table)).map(({ key }) => ({ key, id: key, name: key })),
    create: (items) => insertNew(table, items),
    edit: (key, change) => update(table, key, change),
    async next() {
      const rows = await allRows(table);
      const byKey = new Map(rows.map((row) => [row.key, row]));
      const first = inOrder(rows).find((row) => isReady(row, byKey));
      return first === undefined ? undefined : trackedOf(first);
    },
    claim: (key, owner) => claim(table, key, owner),
    take: (key, owner) => take(table, key, owner),
    finish: (held, status) => move(table, held, status),
    release: (held) => move(table, held, 'todo'),
    move: (key, to) => put(table, key, to),
    comment: (key, comment) => insertComment(table, { key, ...comment }),
    async comments(key) {
      await oneRow(table, key);
      const { rows } = await table.pool.query(
        `select id, author, text, at from harness.tracker_comment
          where project_id = $1 and item_key = $2 order by at, id`,
        [table.projectId, key],
      );
      return commentsOf(rows);
    },
    close: () => Promise.resolve(),
  });
}

async function allRows({ pool, projectId }: Table): Promise<readonly ItemRow[]> {
  const { rows } = await pool.query(
    `select ${COLUMNS} from harness.tracker_item where project_id = $1`,
    [projectId],
  );
  return itemsOf(rows);
}

async function oneRow({ pool, projectId }: Table, key: string): Promise<ItemRow> {
  const { rows } = await pool.query(
    `select ${COLUMNS} from harness.tracker_item where project_id = $1 and key = $2`,
    [projectId, key],
  );
  const [row] = itemsOf(rows);
  if (row === undefined) throw unknownItem(key);
  return row;
}

async function insertNew({ pool, projectId }: Table, items: readonly NewItem[]): Promise<void> {
  await pool.query(
    `insert into harness.tracker_item
       (project_id, key, title, description, priority, dependencies, labels, parent)
     select $1, key, title, description, priority, dependencies, labels, parent
       from jsonb_to_recordset($2::jsonb) as given
         (key text, title text, description text, priority int, dependencies jsonb, labels jsonb,
          parent text)
     on conflict do nothing`,
    [projectId, JSON.stringify(items)],
  );
}

async function update(table: Table, key: string, change: Change): Promise<TrackedItem> {
  const { rows } = await table.pool.query(
    `update harness.tracker_item
        set title = coalesce($3, title), description = coalesce($4, description),
            priority = coalesce($5, priority), labels = coalesce($6::jsonb, labels),
            cancelled = coalesce($7, cancelled), updated_at = now()
      where project_id = $1 and key = $2
      returning ${COLUMNS}`,
    [
      table.projectId,
      key,
      change.title,
      change.description,
      change.priority,
      change.labels === undefined ? undefined : JSON.stringify(change.labels),
      change.cancelled,
    ],
  );
  const [row] = itemsOf(rows);
  if (row === undefined) throw unknownItem(key);
  return trackedOf(row);
}

/** One statement: of several that race, the row lock lets the first through and the rest see it taken. */
async function claim(table: Table, key: string, owner: string): Promise<TrackerClaim | undefined> {
  const { rows } = await table.pool.query(
    `update harness.tracker_item as item
        set status = 'in_progress', owner = $3, fence = fence + 1, updated_at = now()
      where project_id = $1 and key = $2 and status = 'todo' and not cancelled
        and not exists (
          select from jsonb_array_elements_text(item.dependencies) as needed (key)
            left join harness.tracker_item as other
              on other.project_id = item.project_id and other.key = needed.key
           where other.status is distinct from 'done')
      returning ${COLUMNS}`,
    [table.projectId, key, owner],
  );
  const [row] = itemsOf(rows);
  if (row !== undefined) return claimOf(key, row) ?? undefined;
  await oneRow(table, key);
  return undefined;
}

/** Only the row itself decides, so one statement is as good against others as `claim`. */
async function take(table: Table, key: string, owner: string): Promise<TrackerClaim | undefined> {
  const { rows } = await table.pool.query(
    `update harness.tracker_item
        set status = 'in_progress', owner = $3, fence = fence + 1, updated_at = now()
      where project_id = $1 and key = $2 and status <> 'done' and not cancelled
        and (status <> 'in_progress' or owner is null)
      returning ${COLUMNS}`,
    [table.projectId, key, owner],
  );
  const [taken] = itemsOf(rows);
  const row = taken ?? (await oneRow(table, key));
  if (taken === undefined && mayTake(row, owner) !== 'already') return undefined;
  return claimOf(key, row) ?? undefined;
}

async function move(
  table: Table,
  held: TrackerClaim,
  status: 'todo' | 'done' | 'blocked',
): Promise<void> {
  const { rowCount } = await table.pool.query(
    `update harness.tracker_item set status = $5, owner = null, updated_at = now()
      where project_id = $1 and key = $2 and fence = $3 and owner = $4 and status = 'in_progress'`,
    [table.projectId, held.key, held.fence, held.owner, status],
  );
  if (rowCount === 1) return;
  const row = await oneRow(table, held.key);
  if (mayMove(row, held, status) !== 'already') throw claimLost(held);
}

async function put(table: Table, key: string, to: 'todo' | 'blocked'): Promise<void> {
  const { rowCount } = await table.pool.query(
    `update harness.tracker_item set status = $3, updated_at = now()
      where project_id = $1 and key = $2 and status = $4`,
    [table.projectId, key, to, to === 'todo' ? 'blocked' : 'todo'],
  );
  if (rowCount === 0) await oneRow(table, key);
}

async function insertComment(
  table: Table,
  comment: {
    readonly key: string;
    readonly id: string;
    readonly author: string;
    readonly text: string;
  },
): Promise<void> {
  const { rowCount } = await table.pool.query(
    `insert into harness.tracker_comment (project_id, item_key, id, author, text)
     select project_id, key, $3, $4, $5 from harness.tracker_item
      where project_id = $1 and key = $2
     on conflict do nothing`,
    [table.projectId, comment.key, comment.id, comment.author, comment.text],
  );
  if (rowCount === 0) await oneRow(table, comment.key);
}
