import { hasCode } from '../domain/errors.ts';
import type { Project, Run } from '../domain/run.ts';
import { readSnapshot, writeSnapshot, type Reader } from '../app.ts';

/** Rewrites the project's snapshot. A folder that is gone has none, and that is nobody's fault. */
export async function keepSnapshot(reader: Reader, project: Project, run: Run): Promise<void> {
  const hosted = await reader.hosted(run);
  const now = new Date().toISOString();
  const snapshot = await readSnapshot(reader.store, project, { run, hosted, now });
  try {
    await writeSnapshot(project.directory, snapshot);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** The same after a command has changed the run: a file at rest is believed while the database is down. */
export async function refreshSnapshot(
  reader: Reader,
  project: Project,
  runId: string,
): Promise<void> {
  const run = await reader.store.runs.get(runId);
  if (run !== undefined) await keepSnapshot(reader, project, run);
}
