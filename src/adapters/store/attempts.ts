import { and, asc, desc, eq, gt, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Attempt, AttemptEnd, Fence } from '../../domain/attempt.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import { stopWanted } from '../../domain/run.ts';
import type { PhaseName } from '../../domain/phase.ts';
import type { AttemptRows, ChangeQuestion } from '../../work/run-store.ts';
import { ATTEMPT, insertAttempt, lockOwn, markAlive } from './attempt-row.ts';
import { commit } from './commit.ts';
import { endAttempt } from './end-attempt.ts';
import { isItem, ITEM } from './item-row.ts';
import { queueWrites } from './outbox.ts';
import { findRun, keysOf, RUN, unknownRun } from './run-row.ts';
import * as t from './schema.ts';
import { type Database, type Queries, transaction, type Tx } from './transaction.ts';

type CloseOrder = Parameters<AttemptRows['close']>[2];
type Filter = Parameters<AttemptRows['list']>[1];

/** Attempts on Postgres; see the port for what each promises. */
export function createAttemptRows({ pool, db }: Database): AttemptRows {
  return {
    open: (order) => transaction(pool, (tx) => open(tx, order)),
    get: (id) => findAttempt(db, id),
    list: (runId, filter) => listAttempts(db, runId, filter),
    kept: (runId, phase) => keptAttempts(db, runId, phase),
    count: (runId, filter) =>
      db.$count(
        t.attempt,
        and(
          eq(t.attempt.runId, runId),
          openness(filter?.open),
          filter?.atWork === true ? isAtWork() : undefined,
        ),
      ),
    async ended(runId) {
      const rows = await db
        .select({ id: t.attempt.id })
        .from(t.attempt)
        .where(and(eq(t.attempt.runId, runId), openness(false)));
      return rows.map(({ id }) => id);
    },
    sessions: (runId) => listSessions(db, runId),
    async takeFence(attemptId, owner) {
      const [taken] = await db
        .update(t.attempt)
        .set({ fence: sql`nextval('harness.fence')`, owner })
        .where(and(eq(t.attempt.id, attemptId), isNull(t.attempt.endedAt)))
        .returning({ attemptId: t.attempt.id, number: t.attempt.fence });
      return taken;
    },
    whileFenced: (fence, effect) =>
      transaction(pool, async (tx) => {
        const hold = await holdForEffect(tx, fence);
        if (hold === 'held') await effect();
        return hold;
      }),
    record: (fence, events) => transaction(pool, (tx) => record(tx, fence, events)),
    takeUp: (fence) => transaction(pool, (tx) => takeUp(tx, fence)),
    handIn: (fence, events) => transaction(pool, (tx) => handIn(tx, fence, events)),
    touch: (fence) =>
      transaction(pool, async (tx) => {
        if ((await lockOwn(tx, fence, 'share')) === undefined) return false;
        await markAlive(tx, fence.attemptId);
        return true;
      }),
    close: (fence, end, order) => transaction(pool, (tx) => close(tx, { fence, end, order })),
  };
}

/** In the one order of locks: run, attempt, item. */
async function holdForEffect(tx: Tx, fence: Fence): Promise<'held' | 'lost' | 'called_off'> {
  const known = await findAttempt(tx.db, fence.attemptId);
  if (known === undefined) return 'lost';
  const [run] = await tx.db.select(RUN).from(t.run).where(eq(t.run.id, known.runId)).for('share');
  if ((await lockOwn(tx, fence, 'share')) === undefined) return 'lost';
  if (run !== undefined && stopWanted(run)) return 'called_off';
  return (await isTakenAway(tx, known)) ? 'called_off' : 'held';
}

async function isTakenAway({ db }: Tx, { projectId, itemKey }: Attempt): Promise<boolean> {
  if (itemKey === null) return false;
  const own = isItem(projectId, itemKey);
  const [item] = await db.select(ITEM).from(t.item).where(own).for('share');
  return item?.status !== 'in_progress';
}

async function open(tx: Tx, order: Parameters<AttemptRows['open']>[0]): Promise<Attempt> {
  const run = (await findRun(tx.db, order.runId)) ?? unknownRun(order.runId);
  const opened = await insertAttempt(tx, { ...order, ...keysOf(run) });
  const attempt = opened ?? (await findAttempt(tx.db, order.id));
  if (attempt === undefined) throw new Error(`attempt ${order.id} is neither new nor known`);
  if (opened !== undefined) await commit(tx, { ...keysOf(run), events: [] });
  return attempt;
}

async function record(tx: Tx, fence: Fence, events: readonly HarnessEvent[]): Promise<boolean> {
  const attempt = await lockOwn(tx, fence, 'share');
  if (attempt === undefined) return false;
  const started = events.findLast((event) => event.type === 'session.started');
  await markAlive(tx, attempt.id, started?.model);
  const { projectId, runId } = attempt;
  if (events.length > 0) await commit(tx, { projectId, runId, events });
  return true;
}

async function takeUp(tx: Tx, fence: Fence): Promise<boolean> {
  const attempt = await lockOwn(tx, fence, 'no key update');
  if (attempt === undefined) return false;
  const freed = and(eq(t.attempt.id, attempt.id), eq(t.attempt.handedIn, true));
  await tx.db.update(t.attempt).set({ handedIn: false }).where(freed);
  return true;
}

async function handIn(tx: Tx, fence: Fence, events: readonly HarnessEvent[]): Promise<boolean> {
  const attempt = await lockOwn(tx, fence, 'no key update');
  if (attempt === undefined) return false;
  await tx.db.update(t.attempt).set({ handedIn: true }).where(eq(t.attempt.id, attempt.id));
  const { projectId, runId } = attempt;
  await commit(tx, { projectId, runId, events });
  return true;
}

async function close(
  tx: Tx,
  {
    fence,
    end,
    order,
  }: { readonly fence: Fence; readonly end: AttemptEnd; readonly order: CloseOrder },
): Promise<boolean> {
  const attempt = await lockOwn(tx, fence, 'no key update');
  if (attempt === undefined) return false;
  const asked = order.question === undefined ? [] : await putQuestion(tx, attempt, order.question);
  const ended = await endAttempt(tx, attempt, { end, rules: order, note: order.note });
  const { projectId, runId } = attempt;
  await queueWrites(tx, projectId, order.writes ?? []);
  await commit(tx, { projectId, runId, events: [...order.events, ...asked, ...ended] });
  return true;
}

/** Moot where a person took the item out of the queue meanwhile: it counts only while that is `todo`. */
async function putQuestion(
  { db }: Tx,
  { projectId, runId, phase, number, itemKey }: Attempt,
  { id, stateHash, question, change }: ChangeQuestion,
): Promise<readonly HarnessEvent[]> {
  const about = { id, stateHash, question, change, itemKey };
  await db.insert(t.approval).values({ projectId, runId, phase, attempt: number, ...about });
  const asked = { type: 'approval.asked', phase, id, question } as const;
  return [itemKey === null ? asked : { ...asked, item: itemKey }];
}

async function findAttempt(db: Queries, id: string): Promise<Attempt | undefined> {
  const [attempt] = await db.select(ATTEMPT).from(t.attempt).where(eq(t.attempt.id, id));
  return attempt;
}

async function listAttempts(
  db: Queries,
  runId: string,
  { open: isOpen, itemKey, phase }: NonNullable<Filter> = {},
): Promise<readonly Attempt[]> {
  return db
    .select(ATTEMPT)
    .from(t.attempt)
    .where(
      and(
        eq(t.attempt.runId, runId),
        openness(isOpen),
        itemKey === undefined ? undefined : eq(t.attempt.itemKey, itemKey),
        phase === undefined ? undefined : eq(t.attempt.phase, phase),
      ),
    )
    .orderBy(asc(t.attempt.startedAt), asc(t.attempt.id));
}

function isAtWork(): SQL | undefined {
  return and(
    isNotNull(t.attempt.itemKey),
    isNull(t.attempt.endedAt),
    eq(t.attempt.handedIn, false),
  );
}

function openness(isOpen: boolean | undefined): SQL | undefined {
  if (isOpen === undefined) return undefined;
  return isOpen ? isNull(t.attempt.endedAt) : isNotNull(t.attempt.endedAt);
}

async function keptAttempts(
  db: Queries,
  runId: string,
  phase: PhaseName,
): Promise<readonly Attempt[]> {
  return db
    .selectDistinctOn([t.attempt.role], ATTEMPT)
    .from(t.attempt)
    .innerJoin(t.phase, and(eq(t.phase.runId, t.attempt.runId), eq(t.phase.name, t.attempt.phase)))
    .where(
      and(
        eq(t.attempt.runId, runId),
        eq(t.attempt.phase, phase),
        isNull(t.attempt.itemKey),
        gt(t.attempt.number, t.phase.discarded),
        sql`${t.attempt.end}->>'status' = 'succeeded'`,
      ),
    )
    .orderBy(asc(t.attempt.role), desc(t.attempt.number));
}

async function listSessions(db: Queries, runId: string) {
  return db
    .select({
      attemptId: t.attempt.id,
      sessionId: t.attempt.sessionId,
      role: t.session.role,
      itemKey: t.session.itemKey,
      model: t.session.model,
      startedAt: t.session.startedAt,
      lastEventAt: t.session.lastEventAt,
      handedIn: t.attempt.handedIn,
    })
    .from(t.attempt)
    .innerJoin(t.session, eq(t.session.attemptId, t.attempt.id))
    .where(and(eq(t.attempt.runId, runId), isNull(t.attempt.endedAt)))
    .orderBy(asc(t.session.startedAt), asc(t.attempt.id));
}
