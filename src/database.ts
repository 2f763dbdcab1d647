import { join } from 'node:path';
import { databaseStanding, migrateDatabase } from './adapters/store/migrate.ts';
import { downgrade, planDowngrade, type WayBack } from './adapters/store/migrations/downgrade.ts';
import { readJournal, type Migration } from './adapters/store/migrations/journal.ts';
import { revise, type Revision } from './adapters/store/revise.ts';
import type { Standing } from './adapters/store/migrations/standing.ts';
import type { DatabaseServer } from './adapters/store/server/database-server.ts';
import { openServer } from './adapters/store/server/open-server.ts';
import { hasData } from './adapters/store/server/running-address.ts';
import type { Config } from './config/config.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { newId } from './new-id.ts';
import { PACKAGE } from './package-folder.ts';
import type { WorkerIdentity } from './work/run-store.ts';

export type { Standing, WayBack };

/** Whose database, and who is told what goes on inside. */
export interface DatabaseOrder {
  readonly config: Pick<Config, 'home' | 'databaseUrl'>;
  readonly log: (line: string) => void;
}

const MIGRATIONS = join(PACKAGE, 'migrations');

/**
 * How far the database is; nothing is changed, and none is made where there is none yet. Throws
 * `DATABASE_NEWER` (exit 69) and `DATABASE_JOURNAL_DAMAGED`.
 */
export async function lookAtDatabase(order: DatabaseOrder): Promise<Standing> {
  const { home, databaseUrl } = order.config;
  if (databaseUrl === null && !(await hasData(home)))
    return { known: await readJournal(MIGRATIONS), applied: 0 };
  return withServer(order, ({ url }) => databaseStanding(url, MIGRATIONS));
}

/** Brings it to this program's migrations; returns those that were missing. */
export function upgradeDatabase(order: DatabaseOrder): Promise<readonly Migration[]> {
  return withServer(order, ({ url }) =>
    migrateDatabase({ url, migrationsFolder: MIGRATIONS, log: order.log }),
  );
}

/**
 * Takes migrations back until `target` is the newest, if `agreed` says yes to what that would lose.
 * Undefined: it is there already; `done` false: not agreed, and nothing changed. Throws
 * `DATABASE_IN_USE`, `DATABASE_MOVED` and `REVISION_UNKNOWN` (all exit 2).
 */
export function downgradeDatabase(
  order: DatabaseOrder,
  target: string,
  agreed: (way: WayBack) => Promise<boolean>,
): Promise<{ readonly way: WayBack; readonly done: boolean } | undefined> {
  return withServer(order, async ({ url }) => {
    const identity = await readHostIdentity(newId);
    const back = {
      url,
      migrationsFolder: MIGRATIONS,
      target,
      deadHere: (workers: readonly WorkerIdentity[]) => identity.deadHere(workers),
    };
    const way = await planDowngrade(back);
    if (way === null) return undefined;
    const done = await agreed(way);
    if (done) await downgrade(back, way);
    return { way, done };
  });
}

/** Writes the next migration of this checkout; throws what `revise` throws. */
export function reviseDatabase(message: string): Promise<Revision> {
  return revise({ packageFolder: PACKAGE, message });
}

async function withServer<T>(
  { config, log }: DatabaseOrder,
  body: (server: DatabaseServer) => Promise<T>,
): Promise<T> {
  const databaseUrl = config.databaseUrl?.reveal() ?? null;
  const server = await openServer({ home: config.home, databaseUrl, log });
  try {
    return await body(server);
  } finally {
    await server.release();
  }
}
