import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../domain/errors.ts';
import { damaged } from './rules.ts';

/** Some hundred thousand items; bounds what a hostile file can cost. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Text of the file, and what tells whether it changed since. */
export interface StoredText {
  readonly text: string;
  readonly mode: number;
  /** Changes whenever anybody writes the file. */
  readonly identity: string;
}

/** Undefined when there is no such file; TRACKER_DAMAGED when it is there and cannot be used. */
export async function readStored(file: string): Promise<StoredText | undefined> {
  const handle = await openForReading(file);
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile()) throw damaged(file, 'is not a regular file');
    if (found.size > MAX_BYTES) throw damaged(file, 'is larger than 64 MB');
    const text = decode(await handle.readFile(), file);
    return { text, mode: Number(found.mode & 0o777n), identity: identityOf(found) };
  } finally {
    await handle.close();
  }
}

/** Links are refused: the file lies in a folder whose content others propose. */
async function openForReading(file: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    return await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw damaged(file, `cannot be read (${messageOf(error)})`, error);
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw damaged(file, 'is not UTF-8 text', error);
  }
}

/**
 * Puts the text in the file's place in one step, on disk before it is seen. False, without a trace,
 * when the file changed since it was read or the lock was lost.
 */
export async function replaceFile(order: {
  readonly file: string;
  readonly text: string;
  readonly since: StoredText | undefined;
  readonly lost: () => boolean;
}): Promise<boolean> {
  const { file, since } = order;
  try {
    await removeLeftovers(file);
    const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    await writeDurably(draft, order.text, since?.mode ?? 0o644);
    const unchanged = (await currentIdentity(file)) === since?.identity && !order.lost();
    await (unchanged ? rename(draft, file) : rm(draft, { force: true }));
    if (unchanged) await syncFolder(dirname(file));
    return unchanged;
  } catch (error) {
    // Our draft was swept away by whoever took over the lock: the same as a lost lock.
    if (isMissing(error)) return false;
    throw damaged(file, `cannot be written (${messageOf(error)})`, error);
  }
}

/** Drafts of killed processes; under the lock, nobody else has one that counts. */
async function removeLeftovers(file: string): Promise<void> {
  const folder = dirname(file);
  const prefix = `${basename(file)}.`;
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length)),
  );
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function currentIdentity(file: string): Promise<string | undefined> {
  try {
    return identityOf(await lstat(file, { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function identityOf(found: {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}): string {
  return `${found.ino} ${found.size} ${found.mtimeNs}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
