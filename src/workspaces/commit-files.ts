import { join } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import { NOTHING } from './git.ts';
import { writeLooseBlob } from './loose-blob.ts';
import { MAIN, MOVED } from './names.ts';
import { asOnlyWriter, readRef, transact } from './refs.ts';
import { withScratch, type Stores } from './stores.ts';

/** Files that the harness itself writes on main; what else is there stays. */
export interface FilesCommit {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly message: string;
  /** Main as the caller knows it. */
  readonly expectedHead: string;
}

/**
 * A commit with these files on top of main, which follows it. Undefined when main is another commit
 * than expected. Throws PATH_REFUSED for a path that leads out of the tree.
 */
export async function commitFiles(stores: Stores, order: FilesCommit): Promise<string | undefined> {
  for (const { path } of order.files) refuseStrayPath(path);
  const tree = await withScratch(stores, (folder) =>
    treeWith(stores, order, join(folder, 'index')),
  );
  const { git, hub: gitDir } = stores;
  const commit = await git.read({
    gitDir,
    args: ['commit-tree', tree, '-p', order.expectedHead, '-F', '-'],
    input: order.message,
  });
  return asOnlyWriter(stores, async () => {
    if ((await readRef(git, gitDir, MAIN)) !== order.expectedHead) return undefined;
    const lines = [`update ${MAIN} ${commit} ${order.expectedHead}`, `update ${MOVED} ${commit}`];
    await transact(git, gitDir, lines);
    return (await readRef(git, gitDir, MAIN)) === commit ? commit : undefined;
  });
}

async function treeWith(stores: Stores, order: FilesCommit, indexFile: string): Promise<string> {
  const { git, hub: gitDir } = stores;
  await git.read({ gitDir, indexFile, args: ['read-tree', order.expectedHead] });
  const lines: string[] = [];
  for (const { path, text } of order.files) {
    const blob = await writeBlob(stores, text);
    lines.push(`100644 ${blob}\t${path}\0`);
  }
  const args = ['update-index', '--replace', '-z', '--index-info'];
  await git.read({ gitDir, indexFile, args, input: lines.join('') });
  return git.read({ gitDir, indexFile, args: ['write-tree'] });
}

function refuseStrayPath(path: string): void {
  const parts = path.split('/');
  const stray = parts.some((part) => ['', '.', '..'].includes(part) || /^\.git$/i.test(part));
  if (!stray && !path.includes('\0')) return;
  throw new HarnessError('PATH_REFUSED', `"${path}" is no path inside a project; correct it`);
}

/** Fence numbers and the like: a small blob in the hub. */
export async function writeBlob({ hub, facts }: Stores, text: string): Promise<string> {
  const blob = await writeLooseBlob(hub, text);
  facts.blobs.set(blob, Buffer.from(text));
  return blob;
}

/** What an absent reference is called in a transaction. */
export const orNothing = (commit: string | undefined): string => commit ?? NOTHING;
