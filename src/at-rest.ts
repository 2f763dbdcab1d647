import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runningAddress } from './adapters/store/server/running-address.ts';
import type { Config } from './config/config.ts';
import type { Snapshot } from './delivery/snapshot.ts';
import { readStoredSnapshot } from './delivery/stored-snapshot.ts';
import { ENDED } from './domain/run.ts';
import { keyOf } from './workspaces/names.ts';

/**
 * The snapshot of this folder (a real path), where it can't be out of date: the embedded server is
 * down, so no process works, and the run had ended when it was written. Undefined where only the
 * database knows: a run that was killed left a file that still says `running`, an approval may have
 * been answered since. Every command that changes a run at rest rewrites the file.
 */
export async function snapshotAtRest(
  config: Config,
  directory: string,
): Promise<Snapshot | undefined> {
  if (config.databaseUrl !== null || (await runningAddress(config.home)) !== null) return undefined;
  const snapshot = await readStoredSnapshot(directory);
  if (snapshot === undefined || !ENDED.includes(snapshot.status)) return undefined;
  // Written with another data folder: this one knows nothing of it.
  const ours = existsSync(join(config.home, 'projects', keyOf(snapshot.project_id)));
  return ours ? snapshot : undefined;
}
