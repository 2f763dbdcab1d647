import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataState } from './adapters/store/server/data-state.ts';
import type { Snapshot } from './delivery/snapshot.ts';
import { hasCode } from './domain/errors.ts';

/** What the embedded database said of a project when it was stopped. */
export interface Resting {
  readonly directory: string;
  /** Of the rows and the last event it was read from: the same one means the same snapshot. */
  readonly stamp: string;
  /** When its latest run was begun; null: it had none. */
  readonly begun: string | null;
  /** Of its latest run; null where that had not ended: what becomes of it only the database knows. */
  readonly snapshot: Snapshot | null;
}

interface Rest {
  readonly version: 1;
  /** The database as it was left: see `dataState`. */
  readonly data: string;
  readonly projects: readonly Resting[];
}

/** In the data folder, where no agent writes: what stands there needs no doubt about its author. */
const fileIn = (home: string): string => join(home, 'at-rest.json');

/**
 * All projects of this home, true now: no server has worked on its embedded database since they were
 * written. Undefined where only the database knows.
 */
export async function readResting(home: string): Promise<readonly Resting[] | undefined> {
  const rest = await readRest(home);
  // Looked at last: what is written from here on nobody could have seen before us.
  return rest !== undefined && rest.data === (await dataState(home)) ? rest.projects : undefined;
}

/** What was written last, by stamp, however long ago. */
export async function lastResting(home: string): Promise<ReadonlyMap<string, Resting>> {
  const { projects = [] } = (await readRest(home)) ?? {};
  return new Map(projects.map((one) => [one.stamp, one]));
}

/** Once the server is down, and before anybody may start it again. */
export async function writeResting(home: string, projects: readonly Resting[]): Promise<void> {
  const data = await dataState(home);
  if (data === null) return;
  const rest: Rest = { version: 1, data, projects };
  const temporary = `${fileIn(home)}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(temporary, JSON.stringify(rest), { flag: 'wx', mode: 0o600 });
    await rename(temporary, fileIn(home));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Undefined for one that is missing, damaged, or of another version. */
async function readRest(home: string): Promise<Rest | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(fileIn(home), 'utf8'));
    return isRest(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

/** Enough to know a file of ours: a schema's library would take longer to load than all the rest. */
function isRest(value: unknown): value is Rest {
  if (typeof value !== 'object' || value === null) return false;
  return 'version' in value && value.version === 1 && 'projects' in value && 'data' in value;
}
