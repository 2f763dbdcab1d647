import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { changesBetween } from './changes.ts';
import { blobOf, entriesOf, headOf } from './contents.ts';
import { exclusively } from './exclusive.ts';
import { featuresOf } from './features.ts';
import { configOf, quietFilters } from './filters.ts';
import type { Pin } from './git.ts';
import { findInTheWay } from './in-the-way.ts';
import { advance, finishInterrupted } from './advance.ts';
import { lstatOrNull } from './look.ts';
import { transfer } from './packs.ts';
import { plainPosition, type Position } from './position.ts';
import { isAncestor } from './receive.ts';
import { inspectRepository } from './repository.ts';
import { setBeside, TAKE_IN } from './set-beside.ts';
import type { Stores } from './stores.ts';
import type { Landing } from './workspace.ts';

/** Where main is to land. */
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
  return exclusively(stores.queue, join(stores.locks, 'land'), () => landAlone(stores, order));
}

async function landAlone(stores: Stores, order: LandOrder): Promise<Landing> {
  await finishInterrupted(stores);
  const ready = await readiness(await positionOf(stores, order.directory), order);
  if ('reason' in ready) return delayed(ready.reason);
  const { from, user } = ready;
  const to = await headOf(stores);
  if (from === to) return { kind: 'current', commit: to };
  if (!(await isWritable(user.gitDir))) return delayed(`${user.gitDir} can't be written`);
  if (!(await isAncestor(stores.git, stores.hub, [from, to]))) return ownCommits(stores, ready, to);
  const config = await configOf(stores.git, user.gitDir);
  const reason = await whyNot(stores, { user, config }, { from, to });
  if (reason !== null) return delayed(reason);
  await transfer(stores.git, {
    from: stores.hub,
    to: user.gitDir,
    want: to,
    have: [from],
    scratch: stores.scratch,
  });
  const { gitDir, directory: workTree, branch } = user;
  const ref = `refs/heads/${branch ?? ''}`;
  const plan = { gitDir, workTree, ref, pins: quietFilters(config), from, to };
  return toLanding(await advance(stores, plan), to);
}

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

/** Mostly two files tell; where they don't, git is asked. Null: there is no such repository. */
async function positionOf({ git }: Stores, directory: string): Promise<Position | null> {
  const plain = await plainPosition(directory);
  if (plain !== null) return plain;
  const found = await inspectRepository(git, directory);
  return found.kind === 'repository' ? found : null;
}

function toLanding(result: Awaited<ReturnType<typeof advance>>, commit: string): Landing {
  return result.done ? { kind: 'landed', commit } : delayed(result.reason);
}

type Readiness = { readonly reason: string } | { readonly user: Position; readonly from: string };

async function readiness(repository: Position | null, order: LandOrder): Promise<Readiness> {
  if (repository === null) {
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

/** The user has commits of their own: with all of main, or beside it. */
async function ownCommits(
  stores: Stores,
  { user, from }: { readonly user: Position; readonly from: string },
  to: string,
): Promise<Landing> {
  if (await isAncestor(stores.git, user.gitDir, [to, from])) return { kind: 'current', commit: to };
  const beside = await setBeside(stores, user, to);
  const remedy = beside ? `; ${TAKE_IN} brings both together` : '';
  return delayed(`${user.branch ?? ''} has commits of your own beside what was built${remedy}`);
}

async function whyNot(
  stores: Stores,
  { user, config }: { readonly user: Position; readonly config: readonly Pin[] },
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string | null> {
  const { directory, gitDir } = user;
  const files = await entriesOf(stores, from);
  const blob = async (name: string): Promise<string> =>
    (await blobOf(stores, name)).toString('utf8');
  const features = await featuresOf({ directory, gitDir, config, files, blob });
  const feature = features.find((name) => name !== 'foreign owner');
  if (feature !== undefined) return `the repository uses what is not supported yet: ${feature}`;
  const changes = await changesBetween(stores, from, to);
  const inTheWay = await findInTheWay(stores, directory, { from, changes });
  if (inTheWay === undefined) return null;
  return `the untracked file ${inTheWay} is in the way; move it`;
}

const delayed = (reason: string): Landing => ({ kind: 'delayed', reason });
