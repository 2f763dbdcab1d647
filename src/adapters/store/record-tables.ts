import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  check,
  date,
  index,
  integer,
  numeric,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import type { Check, Evidence } from '../../domain/check.ts';
import type { DeployEnd } from '../../domain/deploy.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { PhaseName } from '../../domain/phase.ts';
import type { StoredAnswer } from '../../work/run-store.ts';
import { harness, instant, now, oneOf, projectId, prose, stored } from './columns.ts';
import { project, run } from './run-tables.ts';

/** Numbers that are never given twice, over all projects: each execution of an attempt gets one. */
export const fences = harness.sequence('fence');

/** The counter of a project's events; its row lock is what makes them gap-free. */
export const sequence = harness.table('sequence', {
  projectId: projectId()
    .primaryKey()
    .references(() => project.id, { onDelete: 'cascade' }),
  n: bigint({ mode: 'number' }).notNull().default(0),
});

/** Facts, numbered per project from 1 without a gap; rows are only ever added. */
export const event = harness.table(
  'event',
  {
    projectId: projectId(),
    id: bigint({ mode: 'number' }).notNull(),
    runId: text(),
    data: stored().notNull().$type<HarnessEvent>(),
    at: instant()
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    index('event_main_moved')
      .on(t.projectId, sql`(${t.data}->>'to')`)
      .where(sql`${t.data}->>'type' = 'main.moved'`),
    index('event_news')
      .on(t.at)
      .where(sql`${t.data}->>'type' in ('run.status', 'approval.asked')`),
  ],
);

/** One row a fact that a notifier took upon itself to tell: written before it is told, so at most once. */
export const notice = harness.table(
  'notice',
  {
    projectId: projectId().references(() => project.id, { onDelete: 'cascade' }),
    eventId: bigint({ mode: 'number' }).notNull(),
    notifier: text().notNull(),
    at: instant().notNull().default(now),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.eventId, t.notifier] })],
);

/** One row a decision to deploy: written before the command runs, completed when it has ended. */
export const deployment = harness.table(
  'deployment',
  {
    projectId: projectId(),
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    /** Attempt at the phase: each is one decision. */
    attempt: integer().notNull(),
    commit: text().notNull(),
    /** The execution that may run the command. */
    execution: text().notNull(),
    startedAt: instant().notNull().default(now),
    end: stored().$type<DeployEnd>(),
    endedAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.attempt] })],
);

/** What a check did on which tree. */
export const evidence = harness.table(
  'evidence',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    projectId: projectId(),
    attemptId: text().notNull(),
    itemKey: text(),
    tree: text().notNull(),
    check: stored().notNull().$type<Check>(),
    verdict: text().notNull().$type<Evidence['verdict']>(),
    exit: integer(),
    tail: prose().notNull(),
    durationMs: bigint({ mode: 'number' }).notNull(),
    at: instant().notNull().default(now),
  },
  (t) => [index('evidence_of_attempt').on(t.projectId, t.attemptId)],
);

/** One row an answered request; the request's id makes a repetition nothing. */
export const usage = harness.table(
  'usage',
  {
    projectId: projectId(),
    requestId: text().notNull(),
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    sessionId: text().notNull(),
    phase: text().notNull().$type<PhaseName>(),
    role: text().notNull(),
    itemKey: text(),
    model: text().notNull(),
    inputTokens: bigint({ mode: 'number' }).notNull(),
    outputTokens: bigint({ mode: 'number' }).notNull(),
    cacheReadTokens: bigint({ mode: 'number' }).notNull(),
    cacheWriteTokens: bigint({ mode: 'number' }).notNull(),
    /** US dollars, added up exactly; null: the price is not known. */
    costUsd: numeric({ mode: 'number' }),
    at: instant().notNull().default(now),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.requestId] }),
    index('usage_of_run').on(t.runId),
    // NaN is the greatest number there is, so the upper bound keeps it out.
    check('usage_cost', sql`${t.costUsd} between 0 and 1000000000`),
  ],
);

/** What a session spent on a day, by UTC: kept by a trigger on `usage`, so that no cap has to add up single calls. */
export const spent = harness.table(
  'spent',
  {
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    sessionId: text().notNull(),
    day: date().notNull(),
    usd: numeric({ mode: 'number' }).notNull(),
    /** Calls of no known price. */
    unpriced: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.sessionId, t.day] }), index('spent_by_day').on(t.day)],
);

/** One row a model call under way, taken before it is forwarded and removed once it is metered. */
export const reservation = harness.table(
  'reservation',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    runId: text()
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    attemptId: text().notNull(),
    sessionId: text().notNull(),
    phase: text().notNull().$type<PhaseName>(),
    role: text().notNull(),
    itemKey: text(),
    model: text().notNull(),
    /** The worker whose process makes the call: once that is dead, nobody meters it any more. */
    owner: text().notNull(),
    /** US dollars that it may cost; null: the price is not known. */
    usd: numeric({ mode: 'number' }),
    at: instant().notNull().default(now),
  },
  (t) => [
    index('reservation_of_run').on(t.runId),
    check('reservation_usd', sql`${t.usd} between 0 and 1000000000`),
  ],
);

/** Processes that carry out runs, former ones too; `lease_until` by the database's clock. */
export const worker = harness.table(
  'worker',
  {
    executorId: text().primaryKey(),
    hostId: text().notNull(),
    bootId: text().notNull(),
    pid: integer().notNull(),
    pidStarted: text().notNull(),
    label: text().notNull(),
    labels: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    leaseUntil: instant().notNull(),
    state: text().notNull().$type<'live' | 'left' | 'dead'>().default('live'),
    reapedBy: text(),
    joinedAt: instant().notNull().default(now),
  },
  (t) => [
    index('worker_live')
      .on(t.leaseUntil)
      .where(sql`${t.state} = 'live'`),
    check('worker_state', oneOf(t.state, ['live', 'left', 'dead'])),
  ],
);

/** Requests with an idempotency key, and what they were answered; kept for a day. */
export const request = harness.table(
  'request',
  {
    key: text().primaryKey(),
    /** Hash of what was asked: another question under the same key is refused. */
    fingerprint: text().notNull(),
    /** The process that took it; null in rows of older versions. */
    owner: text(),
    /** Null while it is worked on, and for good when its outcome is not known. */
    answer: stored().$type<StoredAnswer>(),
    at: instant().notNull().default(now),
  },
  (t) => [index('request_age').on(t.at)],
);
