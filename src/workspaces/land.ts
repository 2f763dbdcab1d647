import { join } from 'node:path';
import { changesBetween } from './changes.ts';
import { headOf } from './contents.ts';
import { exclusively } from './exclusive.ts';
import { configOf, quietFilters } from './filters.ts';
import { findInTheWay } from './in-the-way.ts';
import { advance, finishInterrupted } from './advance.ts';
import { lstatOrNull } from './look.ts';
import type { Advance } from './own-work.ts';
import { transfer } from './packs.ts';
import { hasCommit, isAncestor } from './receive.ts';
import { inspectRepository, type Repository, type UserRepository } from './repository.ts';
import type { Stores } from './stores.ts';
import type { Landing } from './workspace.ts';

export interface LandOrder {
  readonly directory: string;
  /** The branch main lands on, without refs/heads/; it must be checked out. */
  readonly branch: string;
  /** Where that branch should be; null: anywhere in main's history. */
  readonly expectedOld: string | null;
}

/** What git leaves in a repository while an operation waits for its user. */
const UNFINISHED = [
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['BISECT_LOG', 'a bisection'],
] as const;

/**
 * The only writer of the user's repository: fast-forwards its checked-out branch to main, work tree
 * included. It touches no file that git does not track, runs nothing the repository configures, and
 * is delayed, with the reason, by anything a person has under way there.
 */
export function land(stores: Stores, order: LandOrder): Promise<Landing> {
  return exclusively(join(stores.locks, 'land'), () => landAlone(stores, order));
}

async function landAlone(stores: Stores, order: LandOrder): Promise<Landing> {
  await finishInterrupted(stores);
  const repository = await inspectRepository(stores.git, order.directory);
  const ready = await readiness(repository, order);
  if ('reason' in ready) return delayed(ready.reason);
  const { from, user } = ready;
  const to = await headOf(stores);
  if (from === to) return { kind: 'current' };
  const reason = await whyNot(stores, user, { from, to });
  if (reason !== null) return delayed(reason);
  await transfer(stores.git, {
    from: stores.hub,
    to: user.gitDir,
    want: to,
    have: [from],
    scratch: stores.scratch,
  });
  return toLanding(await advance(stores, await planOf(stores, user, { from, to })), to);
}

function toLanding(result: Awaited<ReturnType<typeof advance>>, commit: string): Landing {
  return result.done ? { kind: 'landed', commit } : delayed(result.reason);
}

async function planOf(
  stores: Stores,
  { gitDir, directory, branch }: UserRepository,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Advance> {
  const pins = quietFilters(await configOf(stores.git, gitDir));
  return { gitDir, workTree: directory, ref: `refs/heads/${branch ?? ''}`, pins, from, to };
}

type Readiness =
  | { readonly reason: string }
  | { readonly user: UserRepository; readonly from: string };

async function readiness(repository: Repository, order: LandOrder): Promise<Readiness> {
  if (repository.kind !== 'repository') {
    return { reason: `${order.directory} is no git repository with a work tree` };
  }
  const { branch, head, gitDir } = repository;
  if (branch === null) return { reason: `HEAD is detached; switch to ${order.branch}` };
  if (branch !== order.branch) {
    return { reason: `${branch} is checked out; switch to ${order.branch}` };
  }
  for (const [name, what] of UNFINISHED) {
    if ((await lstatOrNull(join(gitDir, name))) !== null)
      return { reason: `${what} is under way; finish it` };
  }
  if (head === null) return { reason: `${branch} has no commit yet` };
  if (order.expectedOld !== null && head !== order.expectedOld) {
    return { reason: `${branch} is at ${head.slice(0, 12)}, not where it was expected` };
  }
  return { user: repository, from: head };
}

async function whyNot(
  stores: Stores,
  { directory, branch, features }: UserRepository,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string | null> {
  const feature = features.find((name) => name !== 'foreign owner');
  if (feature !== undefined) return `the repository uses what is not supported yet: ${feature}`;
  const { git, hub } = stores;
  if (!(await hasCommit(git, hub, from)) || !(await isAncestor(git, hub, [from, to]))) {
    return `${branch ?? ''} has commits that main has not; the next run takes them in`;
  }
  const changes = await changesBetween(stores, from, to);
  const inTheWay = await findInTheWay(stores, directory, { from, changes });
  if (inTheWay === undefined) return null;
  return `the untracked file ${inTheWay} is in the way; move it`;
}

const delayed = (reason: string): Landing => ({ kind: 'delayed', reason });
