import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import type { Pin } from './git.ts';
import { withScratch, type Stores } from './stores.ts';

/** Names that only Windows or macOS would misread as `.git`. */
export const ANY_NAME: readonly Pin[] = [
  ['core.protectNTFS', 'false'],
  ['core.protectHFS', 'false'],
];

/**
 * Writes exactly this tree into a new or empty folder: no `.git`, no filters or conversions, symlinks
 * as they are and never followed. Throws FOLDER_NOT_EMPTY.
 */
export function checkout(stores: Stores, tree: string, directory: string): Promise<void> {
  return writeTree(stores, { tree, directory, pins: [] });
}

/** As `checkout`, for a tree of our own making: names that only Windows misreads are fine. */
export function checkoutAnyName(stores: Stores, tree: string, directory: string): Promise<void> {
  return writeTree(stores, { tree, directory, pins: ANY_NAME });
}

async function writeTree(
  stores: Stores,
  order: { readonly tree: string; readonly directory: string; readonly pins: readonly Pin[] },
): Promise<void> {
  const { tree, directory, pins } = order;
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) {
    throw new HarnessError('FOLDER_NOT_EMPTY', `${directory} is not empty; give a new folder`);
  }
  await withScratch(stores, async (folder) => {
    const place = { gitDir: stores.attempts, indexFile: join(folder, 'index'), pins };
    await stores.git.read({
      ...place,
      workTree: directory,
      args: ['read-tree', '--reset', '-u', tree],
    });
  });
}
