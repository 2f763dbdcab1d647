import { DrizzleQueryError } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool, PoolClient } from 'pg';

/** Queries outside of any transaction, or in one. */
export type Queries = NodePgDatabase;

/** Where the store's parts read and write. */
export interface Database {
  readonly pool: Pool;
  /** For single reads; writes go through `transaction`. */
  readonly db: Queries;
}

/** An open transaction: typed queries, and the plain client they run on. */
export interface Tx {
  readonly client: PoolClient;
  readonly db: Queries;
}

/** Typed queries on a connection or a pool; the one place that knows how columns are named. */
export function queriesOn(client: Pool | PoolClient): Queries {
  return drizzle({ client, casing: 'snake_case' });
}

/**
 * All of `work` or nothing. Throws what `work` threw, or the driver's error.
 *
 * Row locks are taken in one order, or two writers could wait for each other: project, run, approval,
 * phase, attempt, item, and the project's sequence last.
 */
export async function transaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener, a connection lost between two queries would end the process.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work({ client, db: queriesOn(client) });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(onError);
    throw withoutParameters(error);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The query builder's error repeats every parameter, whole agent texts among them; the driver's doesn't. */
function withoutParameters(error: unknown): unknown {
  return error instanceof DrizzleQueryError && error.cause !== undefined ? error.cause : error;
}
