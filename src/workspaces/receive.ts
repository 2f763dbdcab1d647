import { HarnessError } from '../domain/errors.ts';
import { findGitDir } from './repository.ts';
import { MAIN } from './names.ts';
import { orNothing } from './commit-files.ts';
import { transfer } from './packs.ts';
import { asOnlyWriter, readRef, resolveName, transact } from './refs.ts';
import type { Stores } from './stores.ts';
import { gitFailed, type Git } from './git.ts';

/** How the user's branch stood to main before, and what both are now. */
export interface Received {
  /** `ahead`: it had commits main lacked, and main followed. `diverged`: both have their own. */
  readonly kind: 'same' | 'ahead' | 'behind' | 'diverged';
  /** Newest commit of the user's branch; its objects are in the hub. */
  readonly theirs: string;
  /** Main afterwards. */
  readonly main: string;
}

/** Keeps the user's commits reachable in the hub, also while they are not part of main. */
export const RECEIVED = 'refs/harness/received';

/**
 * Takes one branch of the user's repository into the hub, nothing else of it. Main is created by the
 * first call and follows later as long as that is a fast-forward. Throws REPOSITORY_UNSUPPORTED,
 * OBJECTS_REFUSED.
 */
export async function receive(
  stores: Stores,
  directory: string,
  branch?: string,
): Promise<Received> {
  const { git, hub } = stores;
  const { gitDir, theirs } = await branchOf(git, directory, branch);
  const before = await readRef(git, hub, MAIN);
  await transfer(git, {
    from: gitDir,
    to: hub,
    want: theirs,
    have: before !== undefined && (await hasCommit(git, gitDir, before)) ? [before] : [],
    scratch: stores.scratch,
    lenient: true,
  });
  return asOnlyWriter(stores, () => follow(stores, theirs));
}

async function follow({ git, hub }: Stores, theirs: string): Promise<Received> {
  const main = await readRef(git, hub, MAIN);
  const kind = main === undefined ? 'ahead' : await relation(git, hub, { main, theirs });
  const step = kind === 'ahead' ? [`update ${MAIN} ${theirs} ${orNothing(main)}`] : [];
  const moved = await transact(git, hub, [`update ${RECEIVED} ${theirs}`, ...step]);
  if (moved.exit !== 0) throw gitFailed({ gitDir: hub, args: ['update-ref'] }, moved);
  return { kind, theirs, main: kind === 'ahead' ? theirs : (main ?? theirs) };
}

async function relation(
  git: Git,
  gitDir: string,
  { main, theirs }: { readonly main: string; readonly theirs: string },
): Promise<Received['kind']> {
  if (main === theirs) return 'same';
  if (await isAncestor(git, gitDir, [main, theirs])) return 'ahead';
  return (await isAncestor(git, gitDir, [theirs, main])) ? 'behind' : 'diverged';
}

/** Whether the first commit is in the history of the second. */
export async function isAncestor(
  git: Git,
  gitDir: string,
  [older, newer]: readonly [string, string],
): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', older, newer];
  return (await git.run({ gitDir, args })).exit === 0;
}

/** Whether a repository has this commit. */
export async function hasCommit(git: Git, gitDir: string, commit: string): Promise<boolean> {
  return (await git.run({ gitDir, args: ['cat-file', '-e', `${commit}^{commit}`] })).exit === 0;
}

async function branchOf(
  git: Git,
  directory: string,
  wanted: string | undefined,
): Promise<{ readonly gitDir: string; readonly theirs: string }> {
  const gitDir = await findGitDir(directory);
  const ref = wanted === undefined ? 'HEAD' : `refs/heads/${wanted}`;
  const theirs = gitDir === null ? undefined : await resolveName(git, gitDir, `${ref}^{commit}`);
  if (gitDir !== null && theirs !== undefined) return { gitDir, theirs };
  throw new HarnessError(
    'REPOSITORY_UNSUPPORTED',
    `${directory} has no branch ${wanted ?? 'checked out'} with a commit; make one there`,
    { exit: 2 },
  );
}
