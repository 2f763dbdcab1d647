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
import { asOnlyWriter, readRef, transact } from './refs.ts';
import type { Stores } from './stores.ts';
import type { Workspace } from './workspace.ts';

/** What became of an attempt's bundle. */
export type Import =
  | {
      readonly kind: 'imported';
      readonly commit: string;
      /** Whether it is the agent's own commit, with its whole history, and not one made of it. */
      readonly asItWas: boolean;
    }
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
  if (tip === undefined) return { kind: 'refused', reason: taken.reason, files: [] };
  const intruders = await findIntruders(stores, workspace.base, tip);
  if (intruders !== null) return { kind: 'refused', ...intruders };
  const commit = await onItsBase(stores, workspace, { tip, parents: taken.parents });
  if (commit === workspace.base) return { kind: 'unchanged' };
  return record(stores, fence, { commit, asItWas: commit === tip });
}

type Parents = ReadonlyMap<string, readonly string[]>;

/** The commits of a bundle, now in the attempts' repository; none, and why, when it was refused. */
export interface Taken {
  readonly tips: readonly string[];
  /** Parents of every commit that the base does not reach. */
  readonly parents: Parents;
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

const nothing = (reason: string): Taken => ({ tips: [], parents: new Map(), reason });

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
  const parents = await completeHistory(stores, base, tips);
  return parents === undefined
    ? nothing('The bundle lacks commits, or some of their objects')
    : { tips, parents, reason: '' };
}

/**
 * Walks everything that the tips need and the base does not have; undefined when something of it is
 * missing, or a tip is no commit. Without object names a line of two is a commit with its parents.
 */
async function completeHistory(
  { git, attempts: gitDir }: Stores,
  base: string,
  tips: readonly string[],
): Promise<Parents | undefined> {
  const args = ['rev-list', '--objects', '--parents', '--no-object-names', '--stdin'];
  const input = [...tips.map((tip) => `${tip}^{commit}`), `^${base}`, ''].join('\n');
  const { exit, stdout } = await git.run({ gitDir, args, input });
  if (exit !== 0) return undefined;
  const lines = stdout.toString('latin1').split('\n');
  const commits = lines.filter((line) => line.includes(' ')).map((line) => line.split(' '));
  return new Map(commits.map(([commit = '', ...parents]) => [commit, parents]));
}

/** The work as a descendant of its base, without a history that could not become part of main. */
async function onItsBase(
  stores: Stores,
  { base, attemptId }: Workspace,
  { tip, parents }: { readonly tip: string; readonly parents: Parents },
): Promise<string> {
  const { git, attempts: gitDir } = stores;
  if (tip === base) return tip;
  const descends = [...parents.values()].some((some) => some.includes(base));
  // What a single commit on the base brought in is what differs, and that was looked at.
  const single = parents.get(tip)?.join() === base;
  if (single || (descends && !(await historyHasIntruders(stores, base, tip)))) return tip;
  const args = ['commit-tree', `${tip}^{tree}`, '-p', base, '-m', `Work of attempt ${attemptId}`];
  return git.read({ gitDir, args });
}

type Work = Pick<Extract<Import, { kind: 'imported' }>, 'commit' | 'asItWas'>;

async function record(stores: Stores, fence: Fence, work: Work): Promise<Import> {
  const { git, attempts: gitDir } = stores;
  const ref = attemptRef(fence.attemptId);
  return asOnlyWriter(stores, async () => {
    if (!(await holdsFence(stores, fence))) return { kind: 'stale' };
    const before = await readRef(git, gitDir, ref);
    const outcome = await transact(git, gitDir, [
      `update ${ref} ${work.commit} ${orNothing(before)}`,
    ]);
    if (outcome.exit !== 0) throw gitFailed({ gitDir, args: ['update-ref'] }, outcome);
    return { kind: 'imported', ...work };
  });
}
