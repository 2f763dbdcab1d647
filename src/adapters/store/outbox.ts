import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { OutboxOp, OutboxRows } from '../../work/run-store.ts';
import * as t from './schema.ts';
import type { Database, Tx } from './transaction.ts';

/** Writes for the tracker on Postgres; see the port for what each promises. */
export function createOutboxRows({ db }: Database): OutboxRows {
  return {
    async pending(projectId, limit) {
      return db
        .select({
          id: t.outbox.id,
          projectId: t.outbox.projectId,
          op: t.outbox.op,
          createdAt: t.outbox.createdAt,
        })
        .from(t.outbox)
        .where(and(eq(t.outbox.projectId, projectId), isNull(t.outbox.doneAt)))
        .orderBy(asc(t.outbox.id))
        .limit(limit);
    },
    async done(id) {
      await db
        .update(t.outbox)
        .set({ doneAt: sql`now()` })
        .where(and(eq(t.outbox.id, id), isNull(t.outbox.doneAt)));
    },
  };
}

/** The item's row must be locked: that is what keeps the writes about one item in order. */
export async function queueWrites(
  { db }: Tx,
  projectId: string,
  ops: readonly OutboxOp[],
): Promise<void> {
  if (ops.length > 0) await db.insert(t.outbox).values(ops.map((op) => ({ projectId, op })));
}
