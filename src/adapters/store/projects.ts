import { asc, eq, sql } from 'drizzle-orm';
import type { ProjectStore } from '../../work/run-store.ts';
import { unknownProject } from './commit.ts';
import * as t from './schema.ts';
import { type Database, transaction, type Tx } from './transaction.ts';

const PROJECT = {
  id: t.project.id,
  name: t.project.name,
  directory: t.project.directory,
  description: t.project.description,
  idea: t.project.idea,
  createdAt: t.project.createdAt,
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Projects on Postgres; see the port for what each promises. */
export function createProjectStore({ pool, db }: Database): ProjectStore {
  return {
    async ensure({ directory, name }) {
      return transaction(pool, async (tx) => {
        const [project] = await tx.db
          .insert(t.project)
          .values({ directory, name })
          // Changes nothing, but returns the row that is there and waits for one being written.
          .onConflictDoUpdate({ target: t.project.directory, set: { directory } })
          .returning(PROJECT);
        if (project === undefined) throw new Error(`no row came back for project ${directory}`);
        await tx.db.insert(t.sequence).values({ projectId: project.id }).onConflictDoNothing();
        return project;
      });
    },
    async get(id) {
      if (!UUID.test(id)) return undefined;
      const [project] = await db.select(PROJECT).from(t.project).where(eq(t.project.id, id));
      return project;
    },
    async byDirectory(directory) {
      const [project] = await db
        .select(PROJECT)
        .from(t.project)
        .where(eq(t.project.directory, directory));
      return project;
    },
    async change(id, change) {
      if (Object.keys(change).length === 0) return;
      await db.update(t.project).set(change).where(eq(t.project.id, id));
    },
    async retire(id) {
      // Not absolute, so never the folder of a project.
      const directory = sql`'replaced ' || ${t.project.id} || ': ' || ${t.project.directory}`;
      await db.update(t.project).set({ directory }).where(eq(t.project.id, id));
    },
    async list() {
      return db
        .select(PROJECT)
        .from(t.project)
        .orderBy(asc(t.project.createdAt), asc(t.project.id));
    },
  };
}

/**
 * Until the end of the transaction nobody else begins or reopens a run of this project. Throws
 * `PROJECT_UNKNOWN` (exit 2).
 */
export async function lockProject({ db }: Tx, id: string): Promise<void> {
  const [row] = await db
    .select({ id: t.project.id })
    .from(t.project)
    .where(eq(t.project.id, id))
    .for('no key update');
  if (row === undefined) throw unknownProject(id);
}
