import { DBOSClient } from '@dbos-inc/dbos-sdk';
import { APPLICATION } from './names.ts';
import { quietLogger } from './quiet-logger.ts';

/** Speaks to the engine's tables from a process that hosts nothing: starts, wakes and ends workflows. */
export type EngineClient = DBOSClient;

/** Release it with `destroy()`. */
export function openEngineClient(
  databaseUrl: string,
  log: (line: string) => void,
): Promise<EngineClient> {
  return DBOSClient.create({
    systemDatabaseUrl: databaseUrl,
    applicationName: APPLICATION,
    logger: quietLogger(log),
  });
}
