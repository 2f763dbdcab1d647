import { and, asc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { WorkerRows } from '../../work/run-store.ts';
import * as t from './schema.ts';
import type { Database } from './transaction.ts';

const WORKER = {
  executorId: t.worker.executorId,
  hostId: t.worker.hostId,
  bootId: t.worker.bootId,
  pid: t.worker.pid,
  pidStarted: t.worker.pidStarted,
  label: t.worker.label,
  labels: t.worker.labels,
};

/** After this much more than its lease a worker is declared dead: time for it to notice first. */
const GRACE = sql`interval '500 ms'`;

/** Far longer than any lease: one that reaches further was given before the database's clock was set back. */
const BEYOND = sql`now() + interval '15 minutes'`;

/** Whoever holds such a lease and lives has renewed it long before. */
const SPARED_MS = 60_000;

const isOverdue = sql<boolean>`${t.worker.leaseUntil} < now() - ${GRACE}`;

const isLive = eq(t.worker.state, 'live');

/** Workers on Postgres; see the port for what each promises. */
export function createWorkerRows({ db }: Database): WorkerRows {
  return {
    async join(worker, leaseMs) {
      const labels = [...worker.labels];
      await db.insert(t.worker).values({ ...worker, labels, leaseUntil: leaseOf(leaseMs) });
    },
    /** Not reaped yet is still ours, also after a laptop's sleep: reaper and beat race on this row. */
    async beat(executorId, leaseMs) {
      const beaten = await db
        .update(t.worker)
        .set({ leaseUntil: leaseOf(leaseMs) })
        .where(and(eq(t.worker.executorId, executorId), isLive))
        .returning({ executorId: t.worker.executorId });
      return beaten.length > 0;
    },
    async leave(executorId) {
      await db
        .update(t.worker)
        .set({ state: 'left' })
        .where(and(eq(t.worker.executorId, executorId), isLive));
    },
    async reap(by, knownDead) {
      await db
        .update(t.worker)
        .set({ leaseUntil: leaseOf(SPARED_MS) })
        .where(and(isLive, sql`${t.worker.leaseUntil} > ${BEYOND}`));
      const reaped = await db
        .update(t.worker)
        .set({ state: 'dead', reapedBy: by })
        .where(and(isLive, or(isOverdue, inArray(t.worker.executorId, [...knownDead]))))
        .returning({ executorId: t.worker.executorId });
      return reaped.map(({ executorId }) => executorId);
    },
    async live() {
      return db
        .select({ ...WORKER, overdue: isOverdue })
        .from(t.worker)
        .where(isLive)
        .orderBy(asc(t.worker.joinedAt));
    },
  };
}

function leaseOf(ms: number): SQL {
  return sql`now() + ${ms} * interval '1 ms'`;
}
