import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ApprovalAnswer, ProtectedChange } from '../../domain/approval.ts';
import type { AttemptEnd } from '../../domain/attempt.ts';
import type { Check } from '../../domain/check.ts';
import type { PhaseName, PhaseStatus } from '../../domain/phase.ts';
import {
  ENDED,
  RUN_STATUSES,
  type RunControl,
  type RunSettings,
  type RunStatus,
} from '../../domain/run.ts';
import type { ItemStatus, Priority } from '../../domain/work-item.ts';
import { ITEM_STATUS, harness, instant, now, oneOf, projectId, prose, stored } from './columns.ts';

/** A project has one run at a time in these. */
export const ACTIVE = RUN_STATUSES.filter((status) => !ENDED.includes(status));

/** Folders that were built in. All else of a project goes with its row. */
export const project = harness.table('project', {
  id: uuid().primaryKey().defaultRandom(),
  name: prose().notNull(),
  directory: text().notNull().unique(),
  description: prose(),
  /** What its next run builds, if that is not said then. */
  idea: prose(),
  createdAt: instant().notNull().default(now),
});

/** Runs; the index keeps a project to one that has not ended. */
export const run = harness.table(
  'run',
  {
    id: text().primaryKey(),
    projectId: projectId().references(() => project.id, { onDelete: 'cascade' }),
    idea: prose().notNull(),
    status: text().notNull().$type<RunStatus>().default('pending'),
    control: text().$type<RunControl>(),
    generation: integer().notNull().default(1),
    settings: stored().notNull().$type<RunSettings>(),
    reason: prose(),
    projectCheck: prose(),
    createdAt: instant()
      .notNull()
      .default(sql`clock_timestamp()`),
    endedAt: instant(),
  },
  (t) => [
    index('run_of_project').on(t.projectId, t.createdAt),
    uniqueIndex('run_one_active_a_project').on(t.projectId).where(oneOf(t.status, ACTIVE)),
    check('run_status', oneOf(t.status, RUN_STATUSES)),
  ],
);

/** Seven rows a run, from its first moment. */
export const phase = harness.table(
  'phase',
  {
    projectId: projectId(),
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    name: text().notNull().$type<PhaseName>(),
    status: text().notNull().$type<PhaseStatus>().default('pending'),
    attempts: integer().notNull().default(0),
    /** What attempts up to this one made does not count any more: it failed or was rejected. */
    discarded: integer().notNull().default(0),
    /** Why, for those who make it again. */
    feedback: prose(),
    startedAt: instant(),
    completedAt: instant(),
    error: prose(),
    outputs: prose()
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  (t) => [primaryKey({ columns: [t.runId, t.name] })],
);

/** Work items: the truth, of which the tracker shows a copy. */
export const item = harness.table(
  'item',
  {
    projectId: projectId(),
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    key: text().notNull(),
    title: prose().notNull(),
    description: prose().notNull(),
    priority: integer().notNull().$type<Priority>(),
    dependencies: text().array().notNull(),
    parent: text(),
    labels: prose()
      .array()
      .notNull()
      .default(sql`'{}'`),
    checks: stored().notNull().$type<readonly Check[]>(),
    status: text().notNull().$type<ItemStatus>().default('todo'),
    failures: integer().notNull().default(0),
    attempts: integer().notNull().default(0),
    notBefore: instant(),
    reason: prose(),
    feedback: prose(),
    commit: text(),
    createdAt: instant().notNull().default(now),
    updatedAt: instant().notNull().default(now),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.key] }),
    index('item_of_run').on(t.runId, t.status),
    check('item_status', oneOf(t.status, ITEM_STATUS)),
    check('item_priority', sql`${t.priority} between 0 and 4`),
    check('item_done_has_commit', sql`${t.status} <> 'done' or ${t.commit} is not null`),
  ],
);

/** Tries at a role or an item; the index keeps an item to one that is open. */
export const attempt = harness.table(
  'attempt',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    phase: text().notNull().$type<PhaseName>(),
    role: text().notNull(),
    itemKey: text(),
    number: integer().notNull(),
    sessionId: text().notNull(),
    /** 0 until the first execution takes one. */
    fence: bigint({ mode: 'number' }).notNull().default(0),
    owner: text(),
    /** Its session is over and the harness proves its work: no agent is busy with it. */
    handedIn: boolean().notNull().default(false),
    end: stored().$type<AttemptEnd>(),
    startedAt: instant().notNull().default(now),
    endedAt: instant(),
  },
  (t) => [
    uniqueIndex('attempt_one_open_an_item')
      .on(t.projectId, t.itemKey)
      .where(sql`${t.endedAt} is null and ${t.itemKey} is not null`),
    index('attempt_of_run').on(t.runId, t.startedAt),
    check('attempt_end', sql`(${t.end} is null) = (${t.endedAt} is null)`),
  ],
);

/** The session of each attempt, as people see it. */
export const session = harness.table('session', {
  projectId: projectId(),
  attemptId: text()
    .primaryKey()
    .references(() => attempt.id, { onDelete: 'cascade' }),
  role: text().notNull(),
  itemKey: text(),
  model: text(),
  startedAt: instant().notNull().default(now),
  lastEventAt: instant(),
  endedAt: instant(),
});

/** Questions put to a person, and their answers. */
export const approval = harness.table(
  'approval',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    phase: text().notNull().$type<PhaseName>(),
    attempt: integer().notNull(),
    stateHash: text().notNull(),
    question: prose().notNull(),
    /** Work item whose change is asked about; null for a phase's result and for the scaffold. */
    itemKey: text(),
    change: stored().$type<ProtectedChange>(),
    askedAt: instant().notNull().default(now),
    answer: stored().$type<ApprovalAnswer>(),
    answeredAt: instant(),
  },
  (t) => [index('approval_of_run').on(t.runId, t.askedAt)],
);
