import { closeSync, fstatSync } from 'node:fs';
import type { Fence } from '../domain/attempt.ts';
import { OUT_BUNDLE } from './box-commands.ts';
import { orNothing } from './commit-files.ts';
import { gitFailed } from './git.ts';
import { findIntruders, historyHasIntruders } from './intruders.ts';
import { holdsFence } from './main-branch.ts';
import { attemptRef } from './names.ts';
import { openBeneath } from './no-follow.ts';
import { absorb, readBundleHeader } from './packs.ts';
import { hasCommit, isAncestor } from './receive.ts';
import { asOnlyWriter, readRef, transact } from './refs.ts';
import type { Stores } from './stores.ts';
import type { Workspace } from './workspace.ts';

/** What became of an attempt's bundle. */
export type Import =
  | { readonly kind: 'imported'; readonly commit: string }
  | { readonly kind: 'unchanged' }
  /** Nothing of it was taken; the reason is a sentence for the agent and for people. */
  | { readonly kind: 'refused'; readonly reason: string; readonly files: readonly string[] }
  /** A newer execution of the attempt has begun. */
  | { readonly kind: 'stale' };

/** Far above any honest attempt's own commits, and a bound on what a hostile one costs. */
const MAX_BUNDLE_BYTES = 512 * 1024 * 1024;

/** Takes in what an attempt's box bundled, checked object by object, under the attempt's reference. */
export async function importBundle(
  stores: Stores,
  workspace: Workspace,
  fence: Fence,
): Promise<Import> {
  const taken = await takeBundle(stores, workspace, OUT_BUNDLE);
  if (taken === null) return { kind: 'unchanged' };
  const tip = taken.tips[0];
  if (tip === undefined) return refused(taken.reason);
  const intruders = await findIntruders(stores, workspace.base, tip);
  if (intruders !== null) return { kind: 'refused', ...intruders };
  const commit = await onItsBase(stores, workspace, tip);
  if (commit === workspace.base) return { kind: 'unchanged' };
  return record(stores, fence, commit);
}

/** The commits of a bundle, now in the attempts' repository; none, and why, when it was refused. */
export interface Taken {
  readonly tips: readonly string[];
  readonly reason: string;
}

/** Copies a bundle from the clone's `.git` without following anything. Null: there is none. */
export async function takeBundle(
  stores: Stores,
  workspace: Workspace,
  name: string,
): Promise<Taken | null> {
  const fd = openBeneath(workspace.path, [Buffer.from('.git'), Buffer.from(name)]);
  if (fd === undefined) return null;
  try {
    return await takeOpenBundle(stores, workspace.base, fd);
  } finally {
    closeSync(fd);
  }
}

const nothing = (reason: string): Taken => ({ tips: [], reason });

async function takeOpenBundle(stores: Stores, base: string, fd: number): Promise<Taken> {
  const { git, attempts: gitDir } = stores;
  const { size } = fstatSync(fd);
  if (size > MAX_BUNDLE_BYTES)
    return nothing(`The commits take ${size} bytes, more than ${MAX_BUNDLE_BYTES}`);
  const header = readBundleHeader(fd);
  if (header === undefined) return nothing('The bundle of commits is malformed');
  const pack = { fd, offset: header.offset, maxBytes: MAX_BUNDLE_BYTES };
  const complaint = await absorb(git, gitDir, pack);
  if (complaint !== undefined) return nothing(`git refused the commits: ${complaint}`);
  const tips = [...new Set(header.tips)];
  for (const tip of tips) {
    if (!(await hasCommit(git, gitDir, tip))) return nothing(`The bundle lacks its commit ${tip}`);
  }
  const args = ['rev-list', '--objects', '--quiet', ...tips, '--not', base];
  const complete = await git.run({ gitDir, args });
  return complete.exit === 0
    ? { tips, reason: '' }
    : nothing('The bundle lacks some of its objects');
}

/** The work as a descendant of its base, without a history that could not become part of main. */
async function onItsBase(
  stores: Stores,
  { base, attemptId }: Workspace,
  tip: string,
): Promise<string> {
  const { git, attempts: gitDir } = stores;
  const descends = await isAncestor(git, gitDir, [base, tip]);
  if (descends && !(await historyHasIntruders(stores, base, tip))) return tip;
  const args = ['commit-tree', `${tip}^{tree}`, '-p', base, '-m', `Work of attempt ${attemptId}`];
  return git.read({ gitDir, args });
}

async function record(stores: Stores, fence: Fence, commit: string): Promise<Import> {
  const { git, attempts: gitDir } = stores;
  const ref = attemptRef(fence.attemptId);
  return asOnlyWriter(stores, async () => {
    if (!(await holdsFence(stores, fence))) return { kind: 'stale' };
    const before = await readRef(git, gitDir, ref);
    const outcome = await transact(git, gitDir, [`update ${ref} ${commit} ${orNothing(before)}`]);
    if (outcome.exit !== 0) throw gitFailed({ gitDir, args: ['update-ref'] }, outcome);
    return { kind: 'imported', commit };
  });
}

function refused(reason: string): Import {
  return { kind: 'refused', reason, files: [] };
}
