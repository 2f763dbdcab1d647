import { mkdtemp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import { headOf } from './contents.ts';
import { HARNESS, type Person } from './git.ts';
import { lstatOrNull } from './look.ts';
import { attemptRef, keyOf, rescueRefs } from './names.ts';
import { removeTree, stripSpecialBits } from './no-follow.ts';
import { transfer } from './packs.ts';
import { readRef } from './refs.ts';
import { newSettings, writeRepository } from './new-repository.ts';
import { rescue } from './rescue.ts';
import { readStamps, takeStamps, writeStamps } from './stamps.ts';
import { withScratch, type Stores } from './stores.ts';
import { differs, survey } from './survey.ts';
import type { Rescue, Workspace } from './workspace.ts';

/** What an attempt finds in its clone. */
export interface OpenOptions {
  /** False: goes on in the clone this attempt had, if there is one. */
  readonly fresh: boolean;
  /** A commit of an earlier attempt, given to the agent as the branch `previous`. */
  readonly previous?: string;
  /** Whom the agent's commits name. */
  readonly author?: Person;
}

/** The clone of an attempt. A former one that is to be replaced is rescued and removed first. */
export async function openClone(
  stores: Stores,
  attemptId: string,
  options: OpenOptions,
): Promise<Workspace> {
  const path = join(stores.clones, keyOf(attemptId));
  const objects = [join(stores.hub, 'objects')];
  const stamps = await readStamps(`${path}.stamps`);
  if ((await lstatOrNull(path)) !== null) {
    const former = { attemptId, path, base: stamps?.base ?? (await headOf(stores)), objects };
    if (!options.fresh && stamps !== undefined) return former;
    const saved = await rescue(stores, former, { kind: 'replaced' });
    await removeClone(stores, former, saved);
  }
  const base = await headOf(stores);
  const workspace: Workspace = Object.freeze({ attemptId, path, base, objects });
  await withScratch(stores, (folder) => build(stores, { workspace, options, folder }));
  return workspace;
}

interface Building {
  readonly workspace: Workspace;
  readonly options: OpenOptions;
  readonly folder: string;
}

/** Built aside, moved into place whole; its stamps come first, so a clone in place has them. */
async function build(stores: Stores, { workspace, options, folder }: Building): Promise<void> {
  const { git, scratch } = stores;
  const { base, path } = workspace;
  const workTree = join(folder, 'clone');
  const gitDir = join(workTree, '.git');
  await mkdir(workTree, { mode: 0o755 });
  await writeRepository(gitDir, {
    settings: await newSettings(stores),
    borrows: workspace.objects,
    author: options.author ?? HARNESS,
  });
  const setBranch = (name: string, commit: string): Promise<void> =>
    writeFile(join(gitDir, 'refs', 'heads', name), `${commit}\n`);
  await setBranch('work', base);
  await git.read({ gitDir, workTree, args: ['read-tree', '--reset', '-u', base] });
  if (options.previous !== undefined) {
    const { previous: want } = options;
    await transfer(git, { from: stores.attempts, to: gitDir, want, have: [base], scratch });
    await setBranch('previous', want);
  }
  await writeStamps(`${path}.stamps`, await takeStamps(workTree, base));
  await rename(workTree, path);
}

/** Removes a clone whose work is reachable, whatever permissions its folders have. */
export async function removeClone(
  stores: Stores,
  workspace: Workspace,
  proof: Rescue | string | null,
): Promise<void> {
  if ((await lstatOrNull(workspace.path)) === null) return;
  if (!(await isSaved(stores, workspace, proof))) {
    throw new HarnessError(
      'WORK_NOT_SAVED',
      `${workspace.path} holds work that is not shown to be saved; rescue it before removing it`,
    );
  }
  const grave = await mkdtemp(join(stores.scratch, 'removed-'));
  await rename(workspace.path, join(grave, 'clone'));
  await rm(`${workspace.path}.stamps`, { force: true });
  await stripSpecialBits(join(grave, 'clone'));
  await removeTree(grave);
}

async function isSaved(
  stores: Stores,
  workspace: Workspace,
  proof: Rescue | string | null,
): Promise<boolean> {
  const { git, attempts: gitDir } = stores;
  if (proof === null) return !differs(await survey(stores, workspace));
  if (typeof proof === 'string') {
    return (await readRef(git, gitDir, attemptRef(workspace.attemptId))) === proof;
  }
  const own = proof.ref.startsWith(`${rescueRefs(workspace.attemptId)}/`);
  return own && (await readRef(git, gitDir, proof.ref)) !== undefined;
}
