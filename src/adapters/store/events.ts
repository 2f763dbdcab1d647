import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import type { EventRows } from '../../work/run-store.ts';
import { commit } from './commit.ts';
import type { Listener } from './listener.ts';
import { isMoveTold } from './told-moves.ts';
import * as t from './schema.ts';
import { type Database, transaction } from './transaction.ts';

/** An event as its readers get it. */
export const STORED_EVENT = Object.freeze({
  projectId: t.event.projectId,
  runId: t.event.runId,
  id: t.event.id,
  at: t.event.at,
  event: t.event.data,
});

/** Events on Postgres; see the port for what each promises. */
export function createEventRows({ pool, db }: Database, { onCommit }: Listener): EventRows {
  return {
    async append(projectId, runId, events) {
      if (events.length === 0) return;
      await transaction(pool, (tx) => commit(tx, { projectId, runId, events }));
    },
    async read(projectId, { after, limit }) {
      return db
        .select(STORED_EVENT)
        .from(t.event)
        .where(and(eq(t.event.projectId, projectId), gt(t.event.id, after)))
        .orderBy(asc(t.event.id))
        .limit(limit);
    },
    async last(projectId) {
      const [counter] = await db
        .select({ n: t.sequence.n })
        .from(t.sequence)
        .where(eq(t.sequence.projectId, projectId));
      return counter?.n ?? 0;
    },
    mainMovedTo: (projectId, to) => isMoveTold(db, projectId, to),
    async unsealed(projectId, runId) {
      const [last] = await db
        .select({ event: t.event.data })
        .from(t.event)
        .where(
          and(
            eq(t.event.projectId, projectId),
            eq(t.event.runId, runId),
            sql`${t.event.data}->>'type' = 'run.unsealed'`,
          ),
        )
        .orderBy(desc(t.event.id))
        .limit(1);
      return last?.event.type === 'run.unsealed' ? last.event.reason : null;
    },
    standings: (projectId, runId) => listStandings(db, projectId, runId),
    onCommit,
  };
}

async function listStandings(db: Database['db'], projectId: string, runId: string) {
  return db
    .select(STORED_EVENT)
    .from(t.event)
    .where(
      and(
        eq(t.event.projectId, projectId),
        eq(t.event.runId, runId),
        sql`${t.event.data}->>'type' in ('run.status', 'run.resumed')`,
      ),
    )
    .orderBy(asc(t.event.id));
}
