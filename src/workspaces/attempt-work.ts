import { join } from 'node:path';
import { blobOf, entriesOf } from './contents.ts';
import { changesBetween } from './changes.ts';
import { lstatOrNull } from './look.ts';
import { attemptRef, keyOf } from './names.ts';
import { readRef } from './refs.ts';
import { readStamps } from './stamps.ts';
import type { Stores } from './stores.ts';
import type { TreeFiles } from './environment/recipe.ts';
import type { Workspace } from './workspace.ts';

/** The commit that was taken over from an attempt, if there is one. */
export function workOf(stores: Stores, attemptId: string): Promise<string | undefined> {
  return readRef(stores.git, stores.attempts, attemptRef(attemptId));
}

/** The clone that an attempt still has, for whoever must save what is in it. */
export async function existingClone(
  stores: Stores,
  attemptId: string,
): Promise<Workspace | undefined> {
  const path = join(stores.clones, keyOf(attemptId));
  const stamps = await readStamps(`${path}.stamps`);
  // The stamps are written before the clone is moved into place.
  if (stamps === undefined || (await lstatOrNull(path)) === null) return undefined;
  return { attemptId, path, base: stamps.base, objects: [join(stores.hub, 'objects')] };
}

/** One file that differs between two commits. */
export interface FileChange {
  readonly path: string;
  readonly deed: 'adds' | 'changes' | 'removes';
  /** Names exactly what becomes of it, down to bytes that are no text: equal for equal changes only. */
  readonly identity: string;
}

const DEEDS: Readonly<Record<string, FileChange['deed']>> = { A: 'adds', D: 'removes' };

/** The files that differ between two commits; a renamed one is removed and added. */
export async function changedFiles(
  stores: Stores,
  older: string,
  newer: string,
): Promise<readonly FileChange[]> {
  const changes = await changesBetween(stores, older, newer);
  return changes.map(({ path, mode, blob, status }) => ({
    path: Buffer.from(path, 'latin1').toString('utf8'),
    deed: DEEDS[status] ?? 'changes',
    identity: JSON.stringify([path, mode, blob]),
  }));
}

/** Longer ones nobody reads in a terminal. */
const MAX_DIFF_CHARS = 20_000;
/** More paths than a command line should carry. */
const MAX_DIFF_PATHS = 200;

/** What people read of a change: a unified diff of these paths, cut with a word on how to see it all. */
export async function diffOf(
  { git, attempts: gitDir }: Stores,
  { older, newer, paths }: DiffOrder,
): Promise<string> {
  const fixed = ['diff-tree', '-p', '-r', '--text', '--no-renames', '--no-ext-diff'];
  const what = [older, newer, '--', ...paths.slice(0, MAX_DIFF_PATHS)];
  const text = await git.read({ gitDir, args: [...fixed, '--no-textconv', ...what] });
  if (text.length <= MAX_DIFF_CHARS && paths.length <= MAX_DIFF_PATHS) return text;
  const whole = `git --git-dir='${gitDir}' diff ${older} ${newer}`;
  return `${text.slice(0, MAX_DIFF_CHARS)}\n[cut here; the whole of it: ${whole}]`;
}

/** Two commits or trees, and the paths that matter. */
export interface DiffOrder {
  readonly older: string;
  readonly newer: string;
  readonly paths: readonly string[];
}

/** The regular files of a commit or tree, read when asked for. */
export async function filesOf(stores: Stores, tree: string): Promise<TreeFiles> {
  const entries = await entriesOf(stores, tree);
  const blobs = new Map(
    [...entries]
      .filter(([, { mode }]) => mode.startsWith('100'))
      .map(([path, { blob }]) => [Buffer.from(path, 'latin1').toString('utf8'), blob]),
  );
  return {
    paths: [...blobs.keys()],
    async read(path) {
      const blob = blobs.get(path);
      if (blob === undefined) return null;
      return blobOf(stores, blob);
    },
  };
}
