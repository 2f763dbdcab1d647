import { randomBytes } from 'node:crypto';
import { chown, lchown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError, hasCode } from '../../../domain/errors.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { runCommand } from './command.ts';
import { ownerOf, type Place } from './place.ts';

/** `none` gives up crash safety for speed: tests only. */
export type Durability = 'full' | 'none';

/** A data folder and all it takes to run a server on it. */
export interface Cluster {
  readonly place: Place;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly durability: Durability;
  readonly path: string;
  readonly log: (line: string) => void;
}

/**
 * The superuser's password, made on first use: 24 random bytes in a file only its owner reads. Every
 * local user can reach the port, so this is the lock on the door. Call it under the start lock.
 */
export async function passwordOf(place: Place): Promise<string> {
  const known = await readFile(place.password, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  if (known.trim() !== '') return known.trim();
  if ((await ownerOf(place.data)) !== null) {
    throw new HarnessError(
      'DATABASE_PASSWORD',
      `${place.password} is missing, and the database beside it cannot be opened without it; restore the file, or move ${place.root} away to begin with an empty database`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  await rm(place.password, { force: true });
  await writeFile(place.password, `${password}\n`, { flag: 'wx', mode: 0o600 });
  return password;
}

/** Makes the data folder, or checks the one there. Throws `DATABASE_VERSION`, `DATABASE_DAMAGED`, `DATABASE_DISK_FULL`. */
export async function prepareData(cluster: Cluster): Promise<void> {
  const { account, place } = cluster;
  const owner = await ownerOf(place.data);
  if (owner === null) return createData(cluster);
  await checkMajor(cluster);
  if (owner !== account.owner) await handOver(cluster);
}

async function checkMajor({ place, account }: Cluster): Promise<void> {
  const found = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    throw new HarnessError(
      'DATABASE_DAMAGED',
      `${place.data} is not a whole Postgres data folder (PG_VERSION cannot be read); restore it, or move ${place.root} away to begin with an empty database`,
      { cause: error },
    );
  });
  const major = /(\d+)(?:\.\d+)*\s*$/u.exec(account.version)?.[0].split('.')[0]?.trim();
  if (found.trim() === major) return;
  throw new HarnessError(
    'DATABASE_VERSION',
    `${place.data} was made by Postgres ${found.trim().slice(0, 20)}, this version brings Postgres ${String(major)}; use the harness version that made it, or set DATABASE_URL to a Postgres server`,
  );
}

/** initdb works beside the final folder, which appears whole or not at all, whenever we are killed. */
async function createData(cluster: Cluster): Promise<void> {
  const { place, account, binaries, path, durability } = cluster;
  await removeUnfinished(place);
  const staging = join(place.root, `new-${randomBytes(6).toString('hex')}`);
  const data = join(staging, 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(join(staging, 'password'), await passwordOf(place), { flag: 'wx', mode: 0o600 });
  await giveTo(staging, account.owner);
  const words = [...account.initdb, binaries.initdb, '-D', dataArgument(account, data)];
  words.push('-U', 'harness', '--auth=scram-sha-256', '--pwfile=../password');
  words.push('-E', 'UTF8', '--locale=C', '--no-instructions');
  if (durability === 'none') words.push('--no-sync');
  const end = await runCommand(words, {
    env: { ...binaries.env, PATH: path, LC_ALL: 'C' },
    cwd: data,
  });
  if (end.ok) await rename(data, place.data);
  await rm(staging, { recursive: true, force: true });
  if (!end.ok) throw initFailed(place, end.said);
}

async function removeUnfinished(place: Place): Promise<void> {
  const names = await readdir(place.root);
  for (const name of names.filter((each) => /^new-[0-9a-f]{12}$/u.test(each)))
    await rm(join(place.root, name), { recursive: true, force: true });
}

/** How the server is told its data folder; with `cwd` it must be started inside it. */
export function dataArgument(account: Account, data: string): string {
  return account.reaches === 'cwd' ? '/proc/self/cwd' : data;
}

/** From root to the account that stands in for it, and only while no server, of any container, uses it. */
async function handOver({ place, account, path }: Cluster): Promise<void> {
  const ids = `${String(account.owner)}:${String(account.owner)}`;
  const words = ['flock', '-n', place.serverLock, 'chown', '-R', ids, place.data];
  const end = await runCommand(words, { env: { PATH: path }, cwd: place.root });
  if (!end.ok) throw inUse(place);
}

async function giveTo(folder: string, uid: number): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await chown(folder, uid, uid);
  for (const entry of await readdir(folder, { recursive: true }))
    await lchown(join(folder, entry), uid, uid);
}

function initFailed(place: Place, said: string): HarnessError {
  return /No space left on device|Disk quota exceeded/iu.test(said)
    ? diskFull(place)
    : new HarnessError(
        'DATABASE_START_FAILED',
        `initdb could not make a database in ${place.root}: ${said}`,
      );
}

/** `DATABASE_DISK_FULL` (exit 75): resumable once there is room. */
export function diskFull(place: Place): HarnessError {
  return new HarnessError(
    'DATABASE_DISK_FULL',
    `no space is left for the database in ${place.root}; free at least 100 MB there, or set HARNESS_HOME to another disk`,
    { exit: 75 },
  );
}

/** `DATABASE_IN_USE`: a server that can't be reached from here holds the data folder. */
export function inUse(place: Place): HarnessError {
  return new HarnessError(
    'DATABASE_IN_USE',
    `${place.data} is in use by a database server of another container or machine; end that one, or give both the same DATABASE_URL`,
  );
}
