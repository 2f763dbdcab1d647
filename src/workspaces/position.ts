import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { lstatOrNull } from './look.ts';
import { readPlainRef } from './refs.ts';

/** Where a user's repository stands. */
export interface Position {
  readonly directory: string;
  readonly gitDir: string;
  /** Checked-out branch, without refs/heads/; null when HEAD is detached. */
  readonly branch: string | null;
  /** Null on an unborn branch. */
  readonly head: string | null;
}

/**
 * Where a repository stands, told by two of its files, without git. Null when they are not plain:
 * a linked work tree, packed references, another way of storing them, a detached HEAD, no commit.
 */
export async function plainPosition(folder: string): Promise<Position | null> {
  if ((await lstatOrNull(folder))?.isDirectory() !== true) return null;
  const directory = await realpath(folder);
  const gitDir = join(directory, '.git');
  if ((await lstatOrNull(gitDir))?.isDirectory() !== true) return null;
  if ((await lstatOrNull(join(gitDir, 'commondir'))) !== null) return null;
  const branch = await plainBranch(join(gitDir, 'HEAD'));
  const head = branch === null ? null : await readPlainRef(gitDir, `refs/heads/${branch}`);
  return typeof head === 'string' ? { directory, gitDir, branch, head } : null;
}

async function plainBranch(path: string): Promise<string | null> {
  if ((await lstatOrNull(path))?.isFile() !== true) return null;
  return /^ref: refs\/heads\/(.+)\n$/.exec(await readFile(path, 'latin1'))?.[1] ?? null;
}
