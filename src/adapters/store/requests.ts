import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { RequestRows } from '../../work/run-store.ts';
import * as t from './schema.ts';
import { type Database, transaction } from './transaction.ts';

const KEPT = sql`now() - interval '1 day'`;

const ROW = {
  fingerprint: t.request.fingerprint,
  owner: t.request.owner,
  answer: t.request.answer,
};

const isYoung = sql<boolean>`${t.request.at} > now() - interval '1 minute'`;

/** Idempotency keys on Postgres; see the port for what each promises. */
export function createRequestRows({ pool, db }: Database): RequestRows {
  return {
    begin: ({ key, fingerprint, owner }) =>
      transaction(pool, async (tx) => {
        await tx.db.delete(t.request).where(lt(t.request.at, KEPT));
        const begun = await tx.db
          .insert(t.request)
          .values({ key, fingerprint, owner })
          .onConflictDoNothing()
          .returning({ key: t.request.key });
        if (begun.length > 0) return { kind: 'new' };
        const [row] = await tx.db
          .select({ ...ROW, young: isYoung })
          .from(t.request)
          .where(eq(t.request.key, key));
        // Forgotten in between: whoever did so was carrying it out.
        if (row === undefined) return { kind: 'open', owner: null, young: true };
        if (row.fingerprint !== fingerprint) return { kind: 'other' };
        if (row.answer === null) return { kind: 'open', owner: row.owner, young: row.young };
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
