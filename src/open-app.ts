import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Pool } from 'pg';
import { connectionPool } from './adapters/store/connect.ts';
import { isCurrent } from './adapters/store/is-current.ts';
import { openStore } from './adapters/store/open-store.ts';
import { steadily } from './adapters/store/steadily.ts';
import type { DatabaseServer } from './adapters/store/server/database-server.ts';
import { hasData, runningAddress } from './adapters/store/server/running-address.ts';
import type { Config } from './config/config.ts';
import { isDiskFull } from './domain/disk-full.ts';
import { HarnessError, messageOf } from './domain/errors.ts';
import type { Project, Run } from './domain/run.ts';
import type { ClientOrder, EngineClient } from './engine/client.ts';
import { newId } from './new-id.ts';
import { PACKAGE } from './package-folder.ts';
import { findProgram } from './safety/find-program.ts';
import { servingOf, type Serving } from './serving.ts';
import type { RunStore } from './work/run-store.ts';
import type { WorkTracker } from './work/tracker.ts';
import type { Git } from './workspaces/git.ts';
import type { Hub } from './workspaces/hub.ts';

export { newId, PACKAGE };

export interface AppOrder {
  readonly config: Config;
  /** The user's PATH and home folder. */
  readonly path: string;
  readonly homeFolder: string;
  readonly log: (line: string) => void;
}

/** What a command needs that only looks: the stored truth, and whether somebody works on it. */
export interface Reader {
  readonly config: Config;
  readonly store: RunStore;
  /** Whether a living process carries out runs like this one; those that died here don't count. */
  hosted(run: Run): Promise<boolean>;
  /** Which living processes carry out runs like this one, or only items of it. */
  serving(run: Run): Promise<Serving>;
  close(): Promise<void>;
}

/** The parts that every command shares, opened on first use and closed together. */
export interface App extends Reader {
  readonly path: string;
  readonly homeFolder: string;
  readonly pool: Pool;
  readonly server: DatabaseServer;
  readonly log: (line: string) => void;
  /** The git on the user's PATH. Throws `GIT_MISSING` (exit 2). */
  git(): Promise<Git>;
  client(): Promise<EngineClient>;
  hubOf(project: Project): Promise<Hub>;
  trackerOf(run: Pick<Run, 'projectId' | 'settings'>): Promise<WorkTracker>;
  /** Starts an embedded server that is gone; never throws, since the next try may succeed. */
  mend(): Promise<void>;
  /**
   * Repeats the body while the database is away; an embedded server is started again meanwhile.
   * Throws DATABASE_DISK_FULL (exit 75) when that finds no room on the disk.
   */
  steadily<T>(body: () => Promise<T>): Promise<T>;
}

const MIGRATIONS = join(PACKAGE, 'migrations');

/** Opens the database of this home, brings it up to date, and everything on top of it. */
export async function openApp(order: AppOrder): Promise<App> {
  const { config, log } = order;
  const { openServer } = await import('./adapters/store/server/open-server.ts');
  const databaseUrl = config.databaseUrl?.reveal() ?? null;
  const atLast = async (url: string): Promise<() => Promise<void>> =>
    (await import('./record-rest.ts')).readRest(config.home, url);
  const server = await openServer({ home: config.home, databaseUrl, log, atLast });
  try {
    const { migrateDatabase } = await import('./adapters/store/migrate.ts');
    await migrateDatabase({ url: server.url, migrationsFolder: MIGRATIONS, log });
    return assemble(order, server);
  } catch (error) {
    await server.release();
    throw error;
  }
}

/** Whether opening the database of this home makes it first, which takes half a minute on a busy machine. */
export async function makesDatabase({ databaseUrl, home }: Config): Promise<boolean> {
  return databaseUrl === null && !(await hasData(home));
}

/**
 * For a quick look: a database that answers and is up to date is read as it is, within milliseconds;
 * any other is opened as for work. Not for a long stay: it doesn't keep the embedded server alive.
 * Throws `PROJECT_UNKNOWN` (exit 2) where no database was ever made: nothing is known then.
 */
export async function openReading(order: AppOrder): Promise<Reader> {
  const { config, log } = order;
  const url = config.databaseUrl?.reveal() ?? (await runningAddress(config.home));
  if (url === null)
    return (await hasData(config.home)) ? openApp(order) : nothingKnown(config.home);
  const pool = connectionPool(url, { applicationName: 'harness reader', max: 2, log });
  if (await isCurrent(pool, MIGRATIONS)) {
    const store = openStore({ pool });
    return { config, store, ...onServing(store), close: () => pool.end() };
  }
  await pool.end();
  return openApp(order);
}

function nothingKnown(home: string): never {
  throw new HarnessError(
    'PROJECT_UNKNOWN',
    `No project yet: nothing was ever run with the data folder ${home}; start one with \`harness run --idea TEXT\``,
    { exit: 2 },
  );
}

function onServing(store: RunStore): Pick<Reader, 'hosted' | 'serving'> {
  const serving: Reader['serving'] = (run) => servingOf(store, run);
  return { serving, hosted: async (run) => (await serving(run)).hosted };
}

function assemble(order: AppOrder, server: DatabaseServer): App {
  const { config, log, path } = order;
  const pool = connectionPool(server.url, { applicationName: 'harness', max: 10, log });
  const store = openStore({ pool });
  const hubs = new Map<string, Promise<Hub>>();
  const gits = new Map<string, Promise<Git>>();
  const trackers = new Map<string, Promise<WorkTracker>>();
  const git = (): Promise<Git> => remembered(gits, path, () => findGit(path));
  let client: Promise<EngineClient> | undefined;
  return {
    ...order,
    store,
    pool,
    server,
    git,
    ...onServing(store),
    client: () => (client ??= openClient({ databaseUrl: server.url, pool, log })),
    async hubOf({ id }) {
      const open = (): Promise<Hub> =>
        remembered(hubs, id, async () => {
          const { openHub } = await import('./workspaces/hub.ts');
          return openHub({ home: config.home, projectId: id, git: await git() });
        });
      const hub = await open();
      if (existsSync(hub.path)) return hub;
      // Somebody took its folder away: it is made anew, as at the next start.
      hubs.delete(id);
      return open();
    },
    trackerOf: (run) =>
      remembered(trackers, trackerKey(run), () => openTracker({ config, store, pool }, run)),
    mend: () => mend(server, log),
    steadily: (body) => steadily(body, () => mendIfRoom(server, log)),
    async close() {
      for (const tracker of await Promise.allSettled(trackers.values()))
        if (tracker.status === 'fulfilled') await tracker.value.close();
      if (client !== undefined) await (await client).destroy();
      await store.close();
      await pool.end();
      await server.release();
    },
  };
}

/** The engine's library is large: only who starts, wakes or ends workflows waits for it. */
async function openClient(order: ClientOrder): Promise<EngineClient> {
  const { openEngineClient } = await import('./engine/client.ts');
  return openEngineClient(order);
}

async function findGit(path: string): Promise<Git> {
  const gitPath = await findProgram('git', path);
  if (gitPath === undefined)
    throw new HarnessError(
      'GIT_MISSING',
      'git is not installed, or not on PATH; install it (`apt-get install git`, `brew install git`), then try again',
      { exit: 2 },
    );
  const { createGit } = await import('./workspaces/git.ts');
  const { createLauncher } = await import('./workspaces/launcher/launcher.ts');
  return createGit({ gitPath, launcher: createLauncher() });
}

async function mend(server: DatabaseServer, log: AppOrder['log']): Promise<void> {
  await mendIfRoom(server, log).catch((error: unknown) => log(`database: ${messageOf(error)}`));
}

async function mendIfRoom(server: DatabaseServer, log: AppOrder['log']): Promise<void> {
  try {
    await server.ensure();
  } catch (error) {
    if (isDiskFull(error)) throw error;
    log(`database: ${messageOf(error)}`);
  }
}

/** The same promise for the same key; a failed one is forgotten, so that it can be tried again. */
function remembered<T>(
  known: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

/** One tracker for all who ask: what it knows of limits and of a workspace must not be learnt twice. */
function trackerKey({ projectId, settings }: Pick<Run, 'projectId' | 'settings'>): string {
  return JSON.stringify([projectId, settings.backend]);
}

async function openTracker(
  deps: Pick<App, 'config' | 'store' | 'pool'>,
  run: Pick<Run, 'projectId' | 'settings'>,
): Promise<WorkTracker> {
  const { backend } = run.settings;
  if (backend.type === 'postgres') {
    const { openPostgresTracker } = await import('./adapters/trackers/postgres.ts');
    return openPostgresTracker({ pool: deps.pool, projectId: run.projectId });
  }
  const project = await deps.store.projects.get(run.projectId);
  const name = project?.name ?? run.projectId;
  if (backend.type === 'linear') {
    const { connectLinear } = await import('./connect-linear.ts');
    return connectLinear(deps.config, { project: run.projectId, name, backend });
  }
  const { openJsonTracker } = await import('./adapters/trackers/json.ts');
  const folder = project?.directory ?? PACKAGE;
  return openJsonTracker({ file: resolve(folder, backend.jsonFile), project: name });
}
