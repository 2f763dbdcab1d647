import { DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Pool } from 'pg';
import { APPLICATION } from './names.ts';
import { quietLogger } from './quiet-logger.ts';

/** Speaks to the engine's tables from a process that hosts nothing: starts, wakes and ends workflows. */
export type EngineClient = DBOSClient;

/** On whose connections the engine is spoken to. */
export interface ClientOrder {
  readonly databaseUrl: string;
  /**
   * The store's: it stays the caller's. With one of its own, a client found no connection for ever
   * where the store held the few that there are, and a phase was never woken.
   */
  readonly pool: Pool;
  readonly log: (line: string) => void;
}

/** Release it with `destroy()`, before its pool ends. */
export function openEngineClient({ databaseUrl, pool, log }: ClientOrder): Promise<EngineClient> {
  return DBOSClient.create({
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool: pool,
    applicationName: APPLICATION,
    logger: quietLogger(log),
  });
}
