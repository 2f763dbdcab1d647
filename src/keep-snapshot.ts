import { readSnapshot, writeSnapshot, type Snapshot } from './delivery/snapshot.ts';
import { hasCode } from './domain/errors.ts';
import type { Project, Run } from './domain/run.ts';
import type { Reader } from './open-app.ts';
import { skipBeat } from './pulse.ts';

/** What the file system says of a folder that is gone, full or not for us, or whose place is taken: no fault of the run's. */
const UNWRITTEN = [
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ENOTEMPTY',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
];

/** Rewrites the project's snapshot, where that can be done; a view that is late harms nobody. */
export async function keepSnapshot(reader: Reader, project: Project, run: Run): Promise<Snapshot> {
  const now = new Date().toISOString();
  const order = { run, ...(await reader.serving(run)), now };
  const snapshot = await readSnapshot(reader.store, project, order);
  await unlessUnwritten(() => writeSnapshot(project.directory, snapshot));
  return snapshot;
}

/** Carries out a write that may come too late or not at all. */
export async function unlessUnwritten(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!UNWRITTEN.some((code) => hasCode(error, code))) throw error;
  }
}

/** The same after a command has changed the run: a file at rest is believed while the database is down. */
export async function refreshSnapshot(
  reader: Reader,
  project: Project,
  runId: string,
): Promise<void> {
  await skipBeat(reader.config.home, project.id);
  const run = await reader.store.runs.get(runId);
  if (run !== undefined) await keepSnapshot(reader, project, run);
}
