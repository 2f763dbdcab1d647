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

/** Paths that differ between two commits. */
export async function changedFiles(
  stores: Stores,
  older: string,
  newer: string,
): Promise<readonly string[]> {
  const changes = await changesBetween(stores, older, newer);
  return changes.map(({ path }) => Buffer.from(path, 'latin1').toString('utf8'));
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
