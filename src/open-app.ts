import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { connectionPool } from './adapters/store/connect.ts';
import { migrateDatabase } from './adapters/store/migrate.ts';
import { openStore } from './adapters/store/open-store.ts';
import type { DatabaseServer } from './adapters/store/server/database-server.ts';
import { openServer } from './adapters/store/server/open-server.ts';
import { openJsonTracker } from './adapters/trackers/json.ts';
import { openPostgresTracker } from './adapters/trackers/postgres.ts';
import type { Config } from './config/config.ts';
import type { Project, Run } from './domain/run.ts';
import { openEngineClient, type EngineClient } from './engine/client.ts';
import type { RunStore } from './work/run-store.ts';
import type { WorkTracker } from './work/tracker.ts';
import { createGit, type Git } from './workspaces/git.ts';
import { openHub, type Hub } from './workspaces/hub.ts';

/** Folder of the package: the parent of `src` and of `dist`. */
export const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

export interface AppOrder {
  readonly config: Config;
  /** The user's PATH and home folder. */
  readonly path: string;
  readonly homeFolder: string;
  readonly log: (line: string) => void;
}

/** The parts that every command shares, opened on first use and closed together. */
export interface App {
  readonly config: Config;
  readonly path: string;
  readonly homeFolder: string;
  readonly store: RunStore;
  readonly pool: Pool;
  readonly server: DatabaseServer;
  readonly git: Git;
  readonly log: (line: string) => void;
  client(): Promise<EngineClient>;
  hubOf(project: Project): Promise<Hub>;
  trackerOf(run: Run): Promise<WorkTracker>;
  close(): Promise<void>;
}

/** Opens the database of this home, brings it up to date, and everything on top of it. */
export async function openApp(order: AppOrder): Promise<App> {
  const { config, log } = order;
  const databaseUrl = config.databaseUrl?.reveal() ?? null;
  const server = await openServer({ home: config.home, databaseUrl, log });
  try {
    const migrationsFolder = join(PACKAGE, 'migrations');
    await migrateDatabase({ url: server.url, migrationsFolder, log });
    return assemble(order, server);
  } catch (error) {
    await server.release();
    throw error;
  }
}

function assemble(order: AppOrder, server: DatabaseServer): App {
  const { config, log } = order;
  const pool = connectionPool(server.url, { applicationName: 'harness', max: 10, log });
  const store = openStore({ pool });
  const git = createGit({ gitPath: '/usr/bin/git' });
  const hubs = new Map<string, Promise<Hub>>();
  let client: Promise<EngineClient> | undefined;
  return {
    ...order,
    store,
    pool,
    server,
    git,
    client: () => (client ??= openEngineClient(server.url, log)),
    hubOf: (project) =>
      remembered(hubs, project.id, () =>
        openHub({ home: config.home, projectId: project.id, git }),
      ),
    trackerOf: (run) => openTracker({ store, pool }, run),
    async close() {
      if (client !== undefined) await (await client).destroy();
      await store.close();
      await pool.end();
      await server.release();
    },
  };
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

async function openTracker(
  { store, pool }: { readonly store: RunStore; readonly pool: Pool },
  run: Run,
): Promise<WorkTracker> {
  if (run.settings.backend.type === 'postgres')
    return openPostgresTracker({ pool, projectId: run.projectId });
  const project = await store.projects.get(run.projectId);
  const folder = project?.directory ?? PACKAGE;
  return openJsonTracker({
    file: resolve(folder, run.settings.backend.jsonFile),
    project: project?.name ?? run.projectId,
  });
}

export const newId = (): string => randomUUID();
