import { lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { hasCode } from '../domain/errors.ts';
import { exclusively } from './exclusive.ts';
import type { Git, GitOutcome } from './git.ts';
import { lstatOrNull } from './look.ts';
import type { Stores } from './stores.ts';

/** The commit, blob or tree that git makes of a name in any repository, or undefined. */
export async function resolveName(
  git: Git,
  gitDir: string,
  name: string,
): Promise<string | undefined> {
  const outcome = await git.run({
    gitDir,
    args: ['rev-parse', '--verify', '--quiet', '--end-of-options', name],
  });
  return outcome.exit === 0 ? outcome.stdout.toString('utf8').trim() : undefined;
}

/**
 * The commit or blob a reference names in a bare repository of ours, or undefined. Nobody packs
 * references there, so its file tells; git is asked wherever that file is not what we expect.
 */
export async function readRef(git: Git, gitDir: string, ref: string): Promise<string | undefined> {
  const plain = await readPlainRef(gitDir, ref);
  return plain === null ? resolveName(git, gitDir, ref) : plain;
}

/**
 * A reference by its file: its object, undefined where no file can hold it, or null when only git
 * can tell (a symbolic reference, packed references, a name that might be no path).
 */
export async function readPlainRef(
  gitDir: string,
  ref: string,
): Promise<string | null | undefined> {
  if (!/^refs(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/.test(ref)) return null;
  const path = join(gitDir, ref);
  try {
    if (!(await lstat(path)).isFile()) return null;
    const text = await readFile(path, 'latin1');
    return /^([0-9a-f]{40})\n$/.exec(text)?.[1] ?? null;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) return null;
  }
  const unpacked = (await lstatOrNull(join(gitDir, 'packed-refs'))) === null;
  return unpacked ? undefined : null;
}

/**
 * Makes a reference name this object, as git itself would: by its lock file, on the disk before it
 * counts. To be called as the only writer, after the old value was looked at.
 */
export async function writeRef(gitDir: string, ref: string, object: string): Promise<void> {
  const path = join(gitDir, ref);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.lock`;
  {
    await using file = await open(draft, 'w', 0o644);
    await file.writeFile(`${object}\n`);
    await file.sync();
  }
  await rename(draft, path);
}

/** Runs `work` as the only writer of this project's references. */
export function asOnlyWriter<T>(stores: Stores, work: () => Promise<T>): Promise<T> {
  return exclusively(stores.queue, join(stores.locks, 'refs'), work);
}

/**
 * One transaction of `git update-ref --stdin`: all lines or none. To be called as the only writer,
 * so a lock file in the way is the left-over of a killed git: it is removed and git tried again.
 */
export async function transact(
  git: Git,
  gitDir: string,
  lines: readonly string[],
): Promise<GitOutcome> {
  const input = ['start', ...lines, 'prepare', 'commit', ''].join('\n');
  const order = { gitDir, args: ['update-ref', '--stdin'], input };
  const first = await git.run(order);
  const stale = first.exit === 0 ? undefined : lockInTheWay(gitDir, first.stderr);
  if (stale === undefined) return first;
  await rm(stale, { force: true });
  return git.run(order);
}

function lockInTheWay(gitDir: string, stderr: string): string | undefined {
  const path = /Unable to create '(.+\.lock)': File exists/.exec(stderr)?.[1];
  if (path === undefined || !isAbsolute(path)) return undefined;
  return relative(gitDir, path).startsWith('..') ? undefined : path;
}
