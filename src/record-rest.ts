import { createHash } from 'node:crypto';
import { connectionPool } from './adapters/store/connect.ts';
import { openStore } from './adapters/store/open-store.ts';
import { lastResting, writeResting, type Resting } from './at-rest.ts';
import { readSnapshot } from './delivery/snapshot.ts';
import { ENDED, type Project } from './domain/run.ts';
import type { RunStore } from './work/run-store.ts';

/**
 * Reads how all projects stand, for the last process out of the embedded server: nobody else changes
 * anything any more. What it returns writes that down, once the server is down.
 */
export async function readRest(home: string, url: string): Promise<() => Promise<void>> {
  const known = await lastResting(home);
  const pool = connectionPool(url, { applicationName: 'harness rest', max: 4 });
  try {
    const store = openStore({ pool });
    const projects = await store.projects.list();
    const resting = await Promise.all(projects.map((one) => restOf(store, one, known)));
    return () => writeResting(home, resting);
  } finally {
    await pool.end();
  }
}

async function restOf(
  store: RunStore,
  project: Project,
  known: ReadonlyMap<string, Resting>,
): Promise<Resting> {
  const [run, event] = await Promise.all([
    store.runs.latest(project.id),
    store.events.last(project.id),
  ]);
  const stamp = createHash('sha256')
    .update(JSON.stringify([project, run, event]))
    .digest('hex');
  const before = known.get(stamp);
  if (before !== undefined) return before;
  const { directory } = project;
  if (run === undefined || !ENDED.includes(run.status))
    return { directory, stamp, begun: run?.createdAt ?? null, snapshot: null };
  const order = { run, hosted: false, labels: [], now: new Date().toISOString() };
  const snapshot = await readSnapshot(store, project, order);
  return { directory, stamp, begun: run.createdAt, snapshot };
}
