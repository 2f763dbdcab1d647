import { Pool } from 'pg';
import { messageOf } from '../../domain/errors.ts';

export interface PoolOrder {
  readonly applicationName: string;
  /** Connections at most. */
  readonly max: number;
  /** Told of connections that were lost while nobody waited on them. */
  readonly log?: (line: string) => void;
}

/**
 * A pool on this database. A lost connection fails the queries that use it, never the process. A
 * transaction left open for 15 s is ended by the server, so a stopped process holds no locks.
 */
export function connectionPool(url: string, order: PoolOrder): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: order.applicationName,
    max: order.max,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
  });
  const lost = (error: Error): void => {
    order.log?.(`a database connection was lost: ${messageOf(error)}`);
  };
  pool.on('error', lost);
  // A client that is checked out reports here, not to the pool.
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}
