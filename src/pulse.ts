import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Snapshot } from './delivery/snapshot.ts';
import { hasCode } from './domain/errors.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { newId } from './new-id.ts';
import type { WorkerIdentity } from './work/run-store.ts';
import { keyOf } from './workspaces/names.ts';

/** What the process that carries a run out says of it, and who says so. */
interface Pulse {
  readonly host: WorkerIdentity;
  /** No run of any project was begun after it. */
  readonly newest: boolean;
  readonly snapshot: Snapshot;
}

/** Keeps the pulse of one project while this process carries out its run. */
export interface Heart {
  beat(snapshot: Snapshot, newest: boolean): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A pulse is believed for so long, in ms. The host writes twice a second: in a second a busy one has
 * written again, and nobody is told anything older.
 */
const FRESH_MS = 1000;

/** In the data folder, where no agent writes: what stands there needs no doubt about its author. */
const folderIn = (home: string): string => join(home, 'pulses');

const fileOf = (home: string, projectId: string): string =>
  join(folderIn(home), `${keyOf(projectId)}.json`);

/** Begins no file before the first beat. */
export async function openHeart(home: string, projectId: string): Promise<Heart> {
  const host = (await readHostIdentity(newId)).newIdentity('');
  const path = fileOf(home, projectId);
  return {
    async beat(snapshot, newest) {
      const pulse: Pulse = { host, newest, snapshot };
      const temporary = `${path}.${randomBytes(4).toString('hex')}`;
      try {
        await mkdir(folderIn(home), { recursive: true, mode: 0o700 });
        await writeFile(temporary, JSON.stringify(pulse), { mode: 0o600 });
        await rename(temporary, path);
      } finally {
        await rm(temporary, { force: true });
      }
    },
    stop: () => rm(path, { force: true }),
  };
}

/** After a change by another process: the next look asks the database, until the host has seen it too. */
export async function skipBeat(home: string, projectId: string): Promise<void> {
  await rm(fileOf(home, projectId), { force: true });
}

/** Of a living host: how many ms ago it said so. */
export type Heard = Pulse & { readonly age: number };

/** True now; a later one is not to be told, but its host may be about to say more. */
export function isFresh({ age }: Heard): boolean {
  return age >= 0 && age <= FRESH_MS;
}

/**
 * What processes that are alive on this host said last, however long ago. What is missing here may
 * still live; only the database knows. The clock in ms since 1970: read after the files, or one
 * written meanwhile would come from the future.
 */
export async function readPulses(home: string, now: () => number): Promise<readonly Heard[]> {
  const names = (await namesIn(folderIn(home))).filter((name) => name.endsWith('.json'));
  if (names.length === 0) return [];
  const identity = await readHostIdentity(newId);
  const found: Heard[] = [];
  for (const name of names) {
    const pulse = await readPulse(join(folderIn(home), name));
    if (pulse === undefined || !(await identity.aliveHere(pulse.host))) continue;
    found.push({ ...pulse, age: now() - Date.parse(pulse.snapshot.heartbeat) });
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/** Undefined for one that went away meanwhile, or that another version wrote. */
async function readPulse(path: string): Promise<Pulse | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isPulse(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Enough to know a file of ours: a schema's library would take longer to load than all the rest. */
function isPulse(value: unknown): value is Pulse {
  if (!isRecord(value) || !isRecord(value['host'])) return false;
  const snapshot = value['snapshot'];
  return isRecord(snapshot) && snapshot['version'] === 1 && 'heartbeat' in snapshot;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
