import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError, hasCode } from '../../../domain/errors.ts';
import { refuseNetworkFolder } from './filesystem.ts';

/** The files of one embedded server, all under `<home>/postgres`. */
export interface Place {
  readonly root: string;
  readonly data: string;
  readonly password: string;
  readonly pidFile: string;
  /** Held by the running server itself, so that no second one comes up, in any container. */
  readonly serverLock: string;
  readonly startLock: string;
  readonly log: string;
  readonly libraries: string;
}

/** Where the embedded server of this data folder keeps everything; nothing is made. */
export function placeIn(home: string): Place {
  const root = join(home, 'postgres');
  const data = join(root, 'data');
  return {
    root,
    data,
    password: join(root, 'password'),
    pidFile: join(data, 'postmaster.pid'),
    serverLock: join(root, 'pg.lock'),
    startLock: join(root, 'start.lock'),
    log: join(root, 'server.log'),
    libraries: join(root, 'lib'),
  };
}

/** Makes the folders (0700). Throws `DATABASE_FOLDER` on a network disk, `DATABASE_OWNER` on another user's. */
export async function preparePlace(place: Place): Promise<void> {
  await mkdir(place.root, { recursive: true, mode: 0o700 });
  await refuseNetworkFolder(place.root);
  const owner = await ownerOf(place.root);
  if (owner !== process.getuid?.()) throw otherOwner(place.root, owner);
  await chmod(place.root, 0o700);
}

/** The uid that owns the path, or null when there is nothing. Links are not followed. */
export async function ownerOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).uid;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** `DATABASE_OWNER`: another user's server can't be used, nor its files read. */
export function otherOwner(path: string, owner: number | null): HarnessError {
  return new HarnessError(
    'DATABASE_OWNER',
    `${path} belongs to user ${String(owner)}, this process runs as ${String(process.getuid?.())}; run as its owner, or set HARNESS_HOME to a folder of your own or DATABASE_URL to a Postgres server`,
  );
}
