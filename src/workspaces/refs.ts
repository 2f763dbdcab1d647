import { rm } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { exclusively } from './exclusive.ts';
import type { Git, GitOutcome } from './git.ts';
import type { Stores } from './stores.ts';

/** The commit or blob a reference names, or undefined. */
export async function readRef(git: Git, gitDir: string, ref: string): Promise<string | undefined> {
  const outcome = await git.run({
    gitDir,
    args: ['rev-parse', '--verify', '--quiet', '--end-of-options', ref],
  });
  return outcome.exit === 0 ? outcome.stdout.toString('utf8').trim() : undefined;
}

/** Runs `work` as the only writer of this project's references. */
export function asOnlyWriter<T>(stores: Stores, work: () => Promise<T>): Promise<T> {
  return exclusively(join(stores.locks, 'refs'), work);
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
