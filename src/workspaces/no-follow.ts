import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type BigIntStats,
} from 'node:fs';
import { rmdir, unlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { hasCode } from '../domain/errors.ts';

/**
 * Reading and removing folders that an agent wrote. Nothing is reached by a path longer than one
 * name below an open folder, so a symlink swapped in at any moment leads nowhere.
 */

/** Something found in a folder. Valid until the walk goes on: `at` leads through an open folder. */
export interface Found {
  /** Path below the root, as bytes: names need not be text. */
  readonly path: Buffer;
  readonly at: Buffer;
  readonly stats: BigIntStats;
}

/** Whether to enter a folder. `unreadable` and `too-deep` are told, never silently left out. */
export interface WalkOptions {
  readonly enter: (folder: Found) => boolean;
  readonly lost: (path: Buffer, why: 'unreadable' | 'too deep') => void;
}

/** Linux only, not among Node's constants: a handle that grants nothing but a name for the thing. */
const O_PATH = 0o10000000;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** One open folder a level; well below the usual limit of open files. */
const MAX_DEPTH = 400;
const SLASH = Buffer.from('/');

/** Every entry below `root` that is no folder; symlinks are entries, never ways. */
export async function* walk(root: string, options: WalkOptions): AsyncGenerator<Found> {
  const top = openSync(root, FOLDER);
  try {
    yield* walkFolder(
      { fd: top, place: Buffer.from(root), path: Buffer.alloc(0), depth: 0 },
      options,
    );
  } finally {
    closeSync(top);
  }
}

interface Folder {
  readonly fd: number;
  /** Its own path, used where the system offers no names by descriptor. */
  readonly place: Buffer;
  readonly path: Buffer;
  readonly depth: number;
}

async function* walkFolder(folder: Folder, options: WalkOptions): AsyncGenerator<Found> {
  await setImmediate();
  for (const name of namesIn(folder)) {
    const found = look(folder, name);
    if (found === undefined) continue;
    if (!found.stats.isDirectory()) yield found;
    else if (options.enter(found)) yield* enterFolder(folder, found, options);
  }
}

async function* enterFolder(
  parent: Folder,
  found: Found,
  options: WalkOptions,
): AsyncGenerator<Found> {
  const depth = parent.depth + 1;
  if (depth > MAX_DEPTH) return options.lost(found.path, 'too deep');
  const fd = openInsisting(found.at, FOLDER, 0o700);
  if (fd === undefined) return options.lost(found.path, 'unreadable');
  try {
    yield* walkFolder({ fd, place: found.at, path: found.path, depth }, options);
  } finally {
    closeSync(fd);
  }
}

function namesIn(folder: Folder): Buffer[] {
  return readdirSync(placeOf(folder), { encoding: 'buffer' });
}

function look(folder: Folder, name: Buffer): Found | undefined {
  const at = Buffer.concat([placeOf(folder), SLASH, name]);
  const path = folder.path.length === 0 ? name : Buffer.concat([folder.path, SLASH, name]);
  const stats = lstatSync(at, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : { path, at, stats };
}

function placeOf({ fd, place }: Folder): Buffer {
  const named = `/proc/self/fd/${fd}`;
  return existsSync(named) ? Buffer.from(named) : place;
}

/** Opens one name; where permissions forbid it to the owner, it takes them first. */
function openInsisting(at: Buffer, flags: number, mode: number): number | undefined {
  try {
    return openSync(at, flags);
  } catch (error) {
    if (!hasCode(error, 'EACCES')) return undefined;
  }
  try {
    changeMode(at, mode);
    return openSync(at, flags);
  } catch (error) {
    if (hasCode(error, 'EMFILE')) throw error;
    return undefined;
  }
}

/** chmod of exactly this entry: a symlink put in its place meanwhile is not followed. */
function changeMode(at: Buffer, mode: number): void {
  if (!existsSync('/proc/self/fd')) return chmodSync(at, mode);
  const fd = openSync(at, O_PATH | constants.O_NOFOLLOW);
  try {
    chmodSync(`/proc/self/fd/${fd}`, mode);
  } finally {
    closeSync(fd);
  }
}

/** The bytes of a regular file found by a walk, or undefined when it is none, or above the cap. */
export function contentOf(at: Buffer, maxBytes: number): Buffer | undefined {
  const fd = openInsisting(at, FILE, 0o600);
  if (fd === undefined) return undefined;
  try {
    const stats = fstatSync(fd);
    return stats.isFile() && stats.size <= maxBytes ? readAll(fd, stats.size) : undefined;
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number, size: number): Buffer {
  const content = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, content, filled, size - filled, filled);
    if (count === 0) return content.subarray(0, filled);
    filled += count;
  }
  return content;
}

/** Where a symlink points, as bytes; undefined when it is none any more. */
export function targetOf(at: Buffer): Buffer | undefined {
  try {
    return readlinkSync(at, { encoding: 'buffer' });
  } catch (error) {
    if (hasCode(error, 'EINVAL') || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Opens a regular file below `root`, no symlink on the way; undefined when there is none. The
 * caller closes the descriptor. `shared`: it may have further names (hard links), as builds make them.
 */
export function openBeneath(
  root: string,
  names: readonly Buffer[],
  { shared = false }: { readonly shared?: boolean } = {},
): number | undefined {
  const last = names.at(-1);
  const open: number[] = [];
  try {
    let place: Folder = {
      fd: openSync(root, FOLDER),
      place: Buffer.from(root),
      path: SLASH,
      depth: 0,
    };
    open.push(place.fd);
    for (const name of names.slice(0, -1)) {
      const at = Buffer.concat([placeOf(place), SLASH, name]);
      place = { fd: openSync(at, FOLDER), place: at, path: SLASH, depth: 0 };
      open.push(place.fd);
    }
    return last && openRegular(Buffer.concat([placeOf(place), SLASH, last]), shared);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

function openRegular(at: Buffer, shared: boolean): number | undefined {
  const fd = openSync(at, FILE);
  const stats = fstatSync(fd);
  if (stats.isFile() && (shared || stats.nlink === 1)) return fd;
  closeSync(fd);
  return undefined;
}

/** Missing, a symlink (ELOOP), not a folder, a socket (ENXIO): nothing we may open. */
function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'EACCES'].some((code) => hasCode(error, code));
}

/**
 * Removes a folder that an agent wrote, whatever its permissions; no symlink is followed. Beside the
 * loop: a folder takes a millisecond to go, a clone has forty, and every session's stream would wait.
 */
export async function removeTree(root: string): Promise<void> {
  const at = Buffer.from(root);
  const stats = lstatSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) return unlink(at);
  await removeFolder(at);
}

async function removeFolder(at: Buffer): Promise<void> {
  changeMode(at, 0o700);
  const fd = openSync(at, FOLDER);
  try {
    const folder: Folder = { fd, place: at, path: Buffer.alloc(0), depth: 0 };
    await setImmediate();
    for (const name of namesIn(folder)) {
      const found = look(folder, name);
      if (found?.stats.isDirectory() === true) await removeFolder(found.at);
      else if (found !== undefined) await unlink(found.at);
    }
  } finally {
    closeSync(fd);
  }
  await rmdir(at);
}

/** Takes setuid and setgid off every file below `root`; sessions of a root harness can leave them. */
export async function stripSpecialBits(root: string): Promise<void> {
  const keep = { enter: () => true, lost: () => undefined };
  for await (const { at, stats } of walk(root, keep)) {
    const mode = Number(stats.mode);
    if (stats.isFile() && (mode & 0o6000) !== 0) changeMode(at, mode & 0o777);
  }
}
