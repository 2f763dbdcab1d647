import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import type { OutboxOp } from '../../work/run-store.ts';
import { ITEM_STATUS, harness, instant, now, oneOf, projectId, stored } from './columns.ts';
import { project } from './run-tables.ts';

/** Writes for the tracker, queued in the transaction that decided them. */
export const outbox = harness.table(
  'outbox',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    projectId: projectId().references(() => project.id, { onDelete: 'cascade' }),
    op: stored().notNull().$type<OutboxOp>(),
    createdAt: instant().notNull().default(now),
    doneAt: instant(),
  },
  (t) => [
    index('outbox_pending')
      .on(t.projectId, t.id)
      .where(sql`${t.doneAt} is null`),
  ],
);

/** What the Postgres tracker shows to people; only that adapter reads and writes it. */
export const trackerItem = harness.table(
  'tracker_item',
  {
    projectId: projectId().references(() => project.id, { onDelete: 'cascade' }),
    key: text().notNull(),
    title: text().notNull(),
    description: text().notNull(),
    priority: integer().notNull(),
    status: text().notNull().default('todo'),
    dependencies: jsonb()
      .notNull()
      .default(sql`'[]'`),
    labels: jsonb()
      .notNull()
      .default(sql`'[]'`),
    /** Key of the item that it is a part of; it need not exist. */
    parent: text(),
    cancelled: boolean().notNull().default(false),
    owner: text(),
    fence: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: instant().notNull().default(now),
    updatedAt: instant().notNull().default(now),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.key] }),
    check('tracker_item_status', oneOf(t.status, ITEM_STATUS)),
  ],
);

/** Comments of the Postgres tracker; their ids are their writers'. */
export const trackerComment = harness.table(
  'tracker_comment',
  {
    projectId: projectId(),
    itemKey: text().notNull(),
    id: text().notNull(),
    author: text().notNull(),
    text: text().notNull(),
    at: instant().notNull().default(now),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.itemKey, t.id] }),
    foreignKey({
      columns: [t.projectId, t.itemKey],
      foreignColumns: [trackerItem.projectId, trackerItem.key],
      name: 'tracker_comment_of_item',
    }).onDelete('cascade'),
  ],
);
