import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../domain/check.ts';
import { hasCode, messageOf } from '../domain/errors.ts';
import { openBeneath } from '../workspaces/no-follow.ts';

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
    return inspect(directory, names, check);
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

/** Opened name by name: whatever is swapped for a link meanwhile leads nowhere. */
function inspect(directory: string, names: readonly string[], check: FileCheck): FileFinding {
  const path = names.map((name) => Buffer.from(name));
  const fd = openBeneath(directory, path, { shared: true });
  if (fd === undefined)
    return { verdict: 'could_not_run', reason: `${check.path} changed while it was read` };
  try {
    return search(fd, check);
  } finally {
    closeSync(fd);
  }
}

function search(fd: number, check: FileCheck): FileFinding {
  const { size } = fstatSync(fd);
  if (check.contains === undefined) return { verdict: 'passed', reason: `${size} bytes` };
  if (size > SEARCHED_BYTES)
    return { verdict: 'could_not_run', reason: `${check.path} is too large to be searched` };
  return readFileSync(fd, 'utf8').includes(check.contains)
    ? { verdict: 'passed', reason: `it holds "${check.contains}"` }
    : { verdict: 'failed', reason: `${check.path} does not hold "${check.contains}"` };
}
