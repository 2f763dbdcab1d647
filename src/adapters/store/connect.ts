import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { messageOf } from '../../domain/errors.ts';
import { noConnectionLeft } from './no-connection-left.ts';

/** What a pool is for. */
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
  const pool = new PatientPool({
    connectionString: url,
    application_name: order.applicationName,
    max: order.max,
    connectionTimeoutMillis: PATIENCE_MS,
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

/** Longest wait for a connection. */
const PATIENCE_MS = 10_000;

/** Between two tries where the server lets nobody else in for now. */
const PAUSE_MS = 100;

type Taken = (error: Error | undefined, client?: PoolClient, release?: () => void) => void;

/** Asks again for a connection that was refused because there are too many: nothing was sent yet. */
class PatientPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(taken: Taken): void;
  override connect(taken?: Taken): Promise<PoolClient> | void {
    const client = this.#patiently();
    if (taken === undefined) return client;
    client.then(
      (one) => taken(undefined, one, () => one.release()),
      (error: Error) => taken(error),
    );
    return undefined;
  }

  async #patiently(): Promise<PoolClient> {
    for (const last = performance.now() + PATIENCE_MS; ; await sleep(PAUSE_MS)) {
      try {
        return await super.connect();
      } catch (error) {
        if (!noConnectionLeft(error) || performance.now() > last) throw error;
      }
    }
  }
}
