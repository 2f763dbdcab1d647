import { and, eq, notExists, sql } from 'drizzle-orm';
import { z } from 'zod';
import { HarnessError } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type {
  CapReached,
  Caps,
  Held,
  Reservation,
  ReservationRows,
  UsageEntry,
} from '../../work/run-store.ts';
import { commit } from './commit.ts';
import * as t from './schema.ts';
import { type Database, transaction, type Tx } from './transaction.ts';

/** The caps as `$1` to `$5`: the run, the session, and what each of the three may take. */
const TAKEN = `t as materialized (select * from harness.taken($1, $2, $5::numeric is not null)),
  room as (select least($3::numeric - run_usd, $4::numeric - session_usd, $5::numeric - day_usd) as usd,
    ($3::numeric is not null and run_usd is null) or ($4::numeric is not null and session_usd is null)
      or ($5::numeric is not null and day_usd is null) as unknown from t)`;

const SUMS = `run_usd::float8, session_usd::float8, day_usd::float8, day_ends, room.unknown,
  exists(select from alive) as alive`;

/** A worker whose lease is over spends nothing more. */
const TAKE = `
  with ${TAKEN},
  alive as (select from harness.worker where executor_id = $14 and state = 'live'),
  held as (
    insert into harness.reservation
      (id, usd, project_id, run_id, attempt_id, session_id, phase, role, item_key, model, owner)
    select $6, $7::numeric, $8::uuid, $1, $9, $2, $10, $11, $12, $13, $14 from room, alive
    where not unknown and coalesce(room.usd >= $7::numeric, room.usd is null) returning usd)
  select ${SUMS}, (room.usd - held.usd)::float8 as room, held.usd::float8 as held
    from t, room left join held on true`;

const GROW = `
  with ${TAKEN},
  alive as (select from harness.worker where executor_id = $9 and state = 'live'),
  mine as (select usd from harness.reservation where id = $6),
  held as (
    update harness.reservation r set usd = least($8::numeric, room.usd + mine.usd) from room, mine, alive
    where r.id = $6 and not unknown and room.usd + mine.usd >= $7::numeric returning r.usd)
  select ${SUMS}, (room.usd + mine.usd - held.usd)::float8 as room, held.usd::float8 as held,
    not unknown and room.usd + mine.usd < $7::numeric as over
    from t, room left join mine on true left join held on true`;

const Sum = z.number().nullable();
const Row = z.object({
  run_usd: Sum,
  session_usd: Sum,
  day_usd: Sum,
  day_ends: z.date(),
  unknown: z.boolean(),
  alive: z.boolean(),
  room: Sum,
  held: Sum,
  /** Of a growth: the caps hold no more; null: nothing is set aside for the call any more. */
  over: z.boolean().nullish(),
});
type Row = z.infer<typeof Row>;

/** Reservations on Postgres; see the port for what each promises. */
export function createReservationRows({ pool, db }: Database): ReservationRows {
  async function ask(text: string, values: readonly unknown[]): Promise<Row> {
    const { rows } = await pool.query(text, [...values]);
    return Row.parse(rows[0]);
  }

  return {
    async take(call) {
      const owner = [call.attemptId, call.phase, call.role, call.itemKey, call.model, call.owner];
      const row = await ask(TAKE, [...capsOf(call), call.id, call.usd, call.projectId, ...owner]);
      if (!row.alive) throw gone(call);
      return heldIn(row, call.caps);
    },
    async grow(call, { costUsd, upToUsd }) {
      const row = await ask(GROW, [...capsOf(call), call.id, costUsd, upToUsd, call.owner]);
      if (!row.alive || (row.held === null && !row.unknown && row.over !== true)) throw gone(call);
      return heldIn(row, call.caps);
    },
    async settle(call, charge) {
      const found = await (charge === null
        ? db.delete(t.reservation).where(eq(t.reservation.id, call.id))
        : pool.query(SETTLE, [call.id, ...chargeColumns(charge)]));
      // Somebody took this process for dead and charged all that was set aside: the truth replaces it.
      if (found.rowCount === 0)
        await db
          .delete(t.usage)
          .where(
            and(eq(t.usage.projectId, call.projectId), eq(t.usage.requestId, lostId(call.id))),
          );
    },
    async settleLost() {
      const orphans = await db
        .selectDistinct({ projectId: t.reservation.projectId, runId: t.reservation.runId })
        .from(t.reservation)
        .where(ORPHANED);
      let count = 0;
      for (const keys of orphans) count += await transaction(pool, (tx) => chargeLost(tx, keys));
      return count;
    },
    async held(runId) {
      const usd = sql<number | null>`case when count(*) > count(${t.reservation.usd}) then null
        else coalesce(sum(${t.reservation.usd}), 0) end`.mapWith(Number);
      const [row] = await db
        .select({ usd })
        .from(t.reservation)
        .where(eq(t.reservation.runId, runId));
      return row?.usd ?? null;
    },
  };
}

function capsOf({ runId, sessionId, caps }: Reservation): readonly unknown[] {
  return [runId, sessionId, caps.runUsd, caps.sessionUsd, caps.dayUsd];
}

/** What a row says: set aside, or the cap with the least room. */
function heldIn(row: Row, caps: Caps): Held {
  if (row.held !== null || isUncapped(caps))
    return { kind: 'held', usd: row.held ?? 0, roomUsd: row.room };
  if (row.unknown) return { kind: 'unknown' };
  const day = row.day_ends.toISOString();
  const [tightest] = [
    standing('run', { takenUsd: row.run_usd, capUsd: caps.runUsd, until: null }),
    standing('session', { takenUsd: row.session_usd, capUsd: caps.sessionUsd, until: null }),
    standing('day', { takenUsd: row.day_usd, capUsd: caps.dayUsd, until: day }),
  ]
    .flat()
    .toSorted((a, b) => a.capUsd - a.takenUsd - (b.capUsd - b.takenUsd));
  return tightest ?? { kind: 'unknown' };
}

function standing(
  cap: CapReached['cap'],
  {
    takenUsd,
    capUsd,
    until,
  }: {
    readonly takenUsd: number | null;
    readonly capUsd: number | null;
    readonly until: string | null;
  },
): readonly CapReached[] {
  return takenUsd === null || capUsd === null
    ? []
    : [{ kind: 'over', cap, takenUsd, capUsd, until }];
}

function isUncapped({ runUsd, sessionUsd, dayUsd }: Caps): boolean {
  return runUsd === null && sessionUsd === null && dayUsd === null;
}

function gone({ owner }: Reservation): HarnessError {
  const message = `The lease of ${owner} is over, so it may spend nothing more; its sessions go on elsewhere`;
  return new HarnessError('RESERVATION_GONE', message);
}

const SETTLE = `
  with gone as (delete from harness.reservation where id = $1 returning 1),
  charged as (
    insert into harness.usage
      (project_id, request_id, run_id, session_id, phase, role, item_key, model,
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_usd)
    values ($2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    on conflict do nothing)
  select from gone`;

function chargeColumns({ usage, ...call }: UsageEntry): readonly unknown[] {
  return [
    call.projectId,
    call.requestId,
    call.runId,
    call.sessionId,
    call.phase,
    call.role,
    call.itemKey,
    call.model,
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadTokens,
    usage.cacheWriteTokens,
    usage.costUsd,
  ];
}

/** The charge for a call that nobody metered; no upstream can name a request like this. */
function lostId(id: string): string {
  return `lost:${id}`;
}

const NO_TOKENS = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** Its worker has left or is dead: `left` in good order settles its calls before, unless it could not. */
const ORPHANED = notExists(
  sql`(select from ${t.worker} where ${t.worker.executorId} = ${t.reservation.owner} and ${t.worker.state} = 'live')`,
);

type Lost = typeof t.reservation.$inferSelect;

async function chargeLost(
  tx: Tx,
  keys: { readonly projectId: string; readonly runId: string },
): Promise<number> {
  const lost = await tx.db
    .delete(t.reservation)
    .where(and(eq(t.reservation.runId, keys.runId), ORPHANED))
    .returning();
  if (lost.length === 0) return 0;
  const rows = lost.map(({ id, attemptId: _attempt, owner: _owner, at: _at, usd, ...call }) => ({
    ...call,
    ...NO_TOKENS,
    requestId: lostId(id),
    costUsd: usd,
  }));
  await tx.db.insert(t.usage).values(rows).onConflictDoNothing();
  await commit(tx, { ...keys, events: lost.map(lostEvent) });
  return lost.length;
}

function lostEvent({ attemptId, phase, role, itemKey, model, usd }: Lost): HarnessEvent {
  const subject = { attempt: attemptId, phase, role, item: itemKey };
  const counted =
    usd === null
      ? `the price of ${model} is not known, so neither is the cost`
      : `it counts as the $${usd.toFixed(4)} that were set aside for it`;
  const message = `The process that made this call died before its cost was known: ${counted}.`;
  return { type: 'model.failed', subject, status: null, kind: 'dropped', message };
}
