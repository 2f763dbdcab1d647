import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { RequestRows } from '../../work/run-store.ts';
import * as t from './schema.ts';
import { type Database, transaction } from './transaction.ts';

/** Longer than any of ours takes. */
const CUT_OFF = sql`now() - interval '1 minute'`;

const KEPT = sql`now() - interval '1 day'`;

/** Idempotency keys on Postgres; see the port for what each promises. */
export function createRequestRows({ pool, db }: Database): RequestRows {
  return {
    begin: ({ key, fingerprint }) =>
      transaction(pool, async (tx) => {
        const over = or(
          lt(t.request.at, KEPT),
          and(isNull(t.request.answer), lt(t.request.at, CUT_OFF)),
        );
        await tx.db.delete(t.request).where(over);
        const begun = await tx.db
          .insert(t.request)
          .values({ key, fingerprint })
          .onConflictDoNothing()
          .returning({ key: t.request.key });
        if (begun.length > 0) return { kind: 'new' };
        const [row] = await tx.db.select().from(t.request).where(eq(t.request.key, key));
        if (row !== undefined && row.fingerprint !== fingerprint) return { kind: 'other' };
        if (row?.answer == null) return { kind: 'busy' };
        return { kind: 'answered', answer: row.answer };
      }),
    async finish(key, answer) {
      await db.update(t.request).set({ answer }).where(eq(t.request.key, key));
    },
    async forget(key) {
      await db.delete(t.request).where(and(eq(t.request.key, key), isNull(t.request.answer)));
    },
  };
}
