import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import { HarnessError } from '../../domain/errors.ts';
import { PHASES } from '../../domain/phase.ts';
import {
  ENDED,
  type Run,
  type RunControl,
  type RunSettings,
  type RunStatus,
} from '../../domain/run.ts';
import type { InTransaction, RunKey, RunRows, SeenRun } from '../../work/run-store.ts';
import { commit } from './commit.ts';
import { lockProject } from './projects.ts';
import { releaseAttempts } from './release-attempts.ts';
import { openAgain } from './reopen.ts';
import { findRun, keysOf, lockGeneration, lockRun, moveRun, RUN, unknownRun } from './run-row.ts';
import * as t from './schema.ts';
import { type Database, transaction, type Tx } from './transaction.ts';

/** Runs on Postgres; see the port for what each promises. */
export function createRunRows({ pool, db }: Database): RunRows {
  return {
    create: (order) => transaction(pool, (tx) => createRun(tx, order)),
    get: (id) => findRun(db, id),
    async latest(projectId) {
      const [run] = await db
        .select(RUN)
        .from(t.run)
        .where(eq(t.run.projectId, projectId))
        .orderBy(desc(t.run.createdAt))
        .limit(1);
      return run;
    },
    async newest() {
      const [run] = await db.select(RUN).from(t.run).orderBy(desc(t.run.createdAt)).limit(1);
      return run;
    },
    async live(label) {
      return db
        .select(RUN)
        .from(t.run)
        .where(
          and(inArray(t.run.status, [...t.ACTIVE]), sql`${t.run.settings}->>'label' = ${label}`),
        )
        .orderBy(t.run.createdAt);
    },
    setStatus: (seen, status, reason) =>
      transaction(pool, (tx) => setStatus(tx, seen, { status, reason })),
    end: (key, to) => transaction(pool, (tx) => endRun(tx, key, to)),
    hold: (key, control, reason) => transaction(pool, (tx) => hold(tx, key, { control, reason })),
    amend: (id, settings) => transaction(pool, (tx) => amend(tx, id, settings)),
    control: (id, control) =>
      transaction(pool, async (tx) => {
        const run = await lockRun(tx, id);
        if (run.control === control) return;
        await tx.db.update(t.run).set({ control }).where(eq(t.run.id, id));
        await commit(tx, { ...keysOf(run), events: [] });
      }),
    reopen: (id, settings, also) => transaction(pool, (tx) => reopen(tx, { id, settings, also })),
    async setProjectCheck(id, command) {
      await db.update(t.run).set({ projectCheck: command }).where(eq(t.run.id, id));
    },
  };
}

interface Move {
  readonly status: RunStatus;
  readonly reason: string | null;
}

async function setStatus(tx: Tx, seen: SeenRun, to: Move): Promise<boolean> {
  const run = await lockGeneration(tx, seen);
  if (run === undefined) return false;
  const there = run.status === to.status && run.reason === to.reason;
  if (!there && run.status !== seen.status) return false;
  const events = await moveRun(tx, run, to);
  if (events.length > 0) await commit(tx, { ...keysOf(run), events });
  return true;
}

async function endRun(tx: Tx, key: RunKey, to: Move): Promise<boolean> {
  const run = await lockGeneration(tx, key);
  if (run === undefined || ENDED.includes(run.status)) return false;
  const released = await releaseAttempts(tx, run, to.reason ?? `the run is ${to.status}`);
  const moved = await moveRun(tx, run, to);
  await commit(tx, { ...keysOf(run), events: [...released, ...moved] });
  return true;
}

async function hold(
  tx: Tx,
  key: RunKey,
  order: { readonly control: RunControl; readonly reason: string },
): Promise<void> {
  const run = await lockGeneration(tx, key);
  if (run === undefined || run.control !== null || ENDED.includes(run.status)) return;
  await tx.db.update(t.run).set({ control: order.control }).where(eq(t.run.id, run.id));
  const events = await moveRun(tx, run, { status: run.status, reason: order.reason });
  await commit(tx, { ...keysOf(run), events });
}

async function amend(tx: Tx, id: string, change: Partial<RunSettings>): Promise<void> {
  const run = await lockRun(tx, id);
  const settings = { ...run.settings, ...change };
  await tx.db.update(t.run).set({ settings }).where(eq(t.run.id, id));
  await commit(tx, { ...keysOf(run), events: [] });
}

async function createRun(tx: Tx, order: Parameters<RunRows['create']>[0]): Promise<Run> {
  await lockProject(tx, order.projectId);
  await refuseWhileActive(tx, order.projectId);
  const [run] = await tx.db.insert(t.run).values(order).returning(RUN);
  if (run === undefined) return unknownRun(order.id);
  const { projectId } = run;
  await tx.db.insert(t.phase).values(PHASES.map((name) => ({ projectId, runId: run.id, name })));
  const rehearsal = run.settings.label === 'rehearsal';
  const events = [{ type: 'run.created', idea: run.idea, rehearsal }] as const;
  await commit(tx, { ...keysOf(run), events });
  return run;
}

async function reopen(
  tx: Tx,
  order: {
    readonly id: string;
    readonly settings: Partial<RunSettings>;
    readonly also: (run: Run) => InTransaction;
  },
): Promise<Run> {
  const { projectId } = (await findRun(tx.db, order.id)) ?? unknownRun(order.id);
  await lockProject(tx, projectId);
  const before = await lockRun(tx, order.id);
  // One whose end was asked for is as good as ended: nobody may be left to carry that out.
  await refuseWhileActive(tx, projectId, before.control === null ? undefined : order.id);
  const { run, events } = await openAgain(tx, before, order.settings);
  await order.also(run)(tx.client);
  await commit(tx, { ...keysOf(run), events });
  return run;
}

/** The project must be locked, or two callers could both find it free. */
async function refuseWhileActive({ db }: Tx, projectId: string, except?: string): Promise<void> {
  const [active] = await db
    .select(RUN)
    .from(t.run)
    .where(
      and(
        eq(t.run.projectId, projectId),
        inArray(t.run.status, [...t.ACTIVE]),
        except === undefined ? undefined : ne(t.run.id, except),
      ),
    );
  if (active === undefined) return;
  throw new HarnessError(
    'RUN_ACTIVE',
    `Run ${active.id} of this project is ${active.status}, and a project has one run at a time. ` +
      'Follow it with `harness status --watch` or end it with `harness stop`.',
    { exit: 2 },
  );
}
