import { eq, sql } from 'drizzle-orm';
import { NO_USAGE, type Usage } from '../../domain/usage.ts';
import type { UsageRows } from '../../work/run-store.ts';
import * as t from './schema.ts';
import type { Database } from './transaction.ts';

/** One part of unknown cost makes the whole unknown; `sum` alone would count it as nothing (I5). */
const cost = sql<number | null>`case when count(*) > count(${t.usage.costUsd}) then null
  else coalesce(sum(${t.usage.costUsd}), 0) end`.mapWith(Number);

const SUM = {
  inputTokens: sql<number>`coalesce(sum(${t.usage.inputTokens}), 0)`.mapWith(Number),
  outputTokens: sql<number>`coalesce(sum(${t.usage.outputTokens}), 0)`.mapWith(Number),
  cacheReadTokens: sql<number>`coalesce(sum(${t.usage.cacheReadTokens}), 0)`.mapWith(Number),
  cacheWriteTokens: sql<number>`coalesce(sum(${t.usage.cacheWriteTokens}), 0)`.mapWith(Number),
  costUsd: cost,
};

const DIMENSIONS = {
  phase: sql<string>`${t.usage.phase}`,
  item: sql<string>`coalesce(${t.usage.itemKey}, '')`,
  model: sql<string>`${t.usage.model}`,
  session: sql<string>`${t.usage.sessionId}`,
};

/** Usage on Postgres; see the port for what each promises. */
export function createUsageRows({ db }: Database): UsageRows {
  return {
    async add({ usage, ...call }) {
      await db
        .insert(t.usage)
        .values({ ...call, ...usage })
        .onConflictDoNothing();
    },
    async total(runId) {
      const [sum] = await db.select(SUM).from(t.usage).where(eq(t.usage.runId, runId));
      return sum ?? NO_USAGE;
    },
    async by(runId, dimension) {
      const name = DIMENSIONS[dimension];
      const rows = await db
        .select({ name, ...SUM })
        .from(t.usage)
        .where(eq(t.usage.runId, runId))
        .groupBy(sql`1`)
        .orderBy(sql`1`);
      return rows.map(({ name: part, ...usage }): { name: string; usage: Usage } => ({
        name: part,
        usage,
      }));
    },
  };
}
