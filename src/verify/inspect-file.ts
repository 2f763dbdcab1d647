import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../domain/check.ts';
import { hasCode, messageOf } from '../domain/errors.ts';

type FileCheck = Extract<Check, { kind: 'file' }>;

export interface FileFinding {
  readonly verdict: 'passed' | 'failed' | 'could_not_run';
  readonly reason: string;
}

/** Larger files are not searched for a text, bytes. */
const SEARCHED_BYTES = 16 * 1024 * 1024;

/**
 * Whether a regular file of this path lies in the folder and holds the text. No link is followed,
 * on no level, so a tree can't present a file of this machine as its own.
 */
export async function inspectFile(directory: string, check: FileCheck): Promise<FileFinding> {
  const names = check.path.split('/').filter((name) => name !== '' && name !== '.');
  const plain = !check.path.startsWith('/') && !check.path.includes('\0') && !names.includes('..');
  if (!plain || names.length === 0)
    return { verdict: 'failed', reason: `${check.path} is not a path inside the project` };
  try {
    const fault = await faultOnTheWay(directory, names);
    if (fault !== undefined) return { verdict: 'failed', reason: fault };
    return await inspect(join(directory, ...names), check);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { verdict: 'failed', reason: `${check.path} is missing` };
    return { verdict: 'could_not_run', reason: messageOf(error) };
  }
}

async function faultOnTheWay(
  directory: string,
  names: readonly string[],
): Promise<string | undefined> {
  for (let depth = 1; depth < names.length; depth += 1) {
    const folder = names.slice(0, depth).join('/');
    if (!(await lstat(join(directory, folder))).isDirectory()) return `${folder} is not a folder`;
  }
  if ((await lstat(join(directory, ...names))).isFile()) return undefined;
  return `${names.join('/')} is not a regular file`;
}

async function inspect(file: string, check: FileCheck): Promise<FileFinding> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using handle = await open(file, flags);
  const opened = await handle.stat();
  if (!opened.isFile() || !same(opened, await lstat(file)))
    return { verdict: 'could_not_run', reason: `${check.path} changed while it was read` };
  return search(handle, opened, check);
}

function same(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

async function search(handle: FileHandle, { size }: Stats, check: FileCheck): Promise<FileFinding> {
  if (check.contains === undefined) return { verdict: 'passed', reason: `${size} bytes` };
  if (size > SEARCHED_BYTES)
    return { verdict: 'could_not_run', reason: `${check.path} is too large to be searched` };
  const found = (await handle.readFile('utf8')).includes(check.contains);
  return found
    ? { verdict: 'passed', reason: `it holds "${check.contains}"` }
    : { verdict: 'failed', reason: `${check.path} does not hold "${check.contains}"` };
}
