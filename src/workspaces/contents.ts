import { HarnessError } from '../domain/errors.ts';
import { gitFailed } from './git.ts';
import { MAIN } from './names.ts';
import { readRef } from './refs.ts';
import type { Stores } from './stores.ts';

/** A file of a tree that is wanted as text; plan documents are a hundredth of it. */
const MAX_TEXT_BYTES = 1024 * 1024;

export interface TreeEntry {
  /** Six octal digits as git has them: 100644, 100755, 120000, 160000. */
  readonly mode: string;
  readonly blob: string;
}

/** Newest commit of main. Throws HUB_EMPTY when nothing was received yet. */
export async function headOf(stores: Stores): Promise<string> {
  const head = await readRef(stores.git, stores.hub, MAIN);
  if (head !== undefined) return head;
  throw new HarnessError('HUB_EMPTY', `${stores.hub} has no main yet; receive the project first`);
}

/** The tree of a commit of the hub or of an attempt. */
export function treeOf(stores: Stores, commit: string): Promise<string> {
  return stores.git.read({
    gitDir: stores.attempts,
    args: ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`],
  });
}

/** Every file of a tree or commit; keys are paths as latin1, so that any bytes fit. */
export async function entriesOf(stores: Stores, tree: string): Promise<Map<string, TreeEntry>> {
  const order = { gitDir: stores.attempts, args: ['ls-tree', '-r', '-z', '--full-tree', tree] };
  const listing = await stores.git.run(order);
  if (listing.exit !== 0) throw gitFailed(order, listing);
  const entries = new Map<string, TreeEntry>();
  for (const line of listing.stdout.toString('latin1').split('\0')) {
    const tab = line.indexOf('\t');
    const [mode, , blob] = line.slice(0, tab).split(' ');
    if (tab > 0 && mode !== undefined && blob !== undefined) {
      entries.set(line.slice(tab + 1), { mode, blob });
    }
  }
  return entries;
}

/** The text of a regular file, undefined when there is none. Throws FILE_TOO_LARGE. */
export async function fileAt(
  stores: Stores,
  commit: string,
  path: string,
): Promise<string | undefined> {
  const { git, attempts: gitDir } = stores;
  const listing = await git.read({
    gitDir,
    args: ['ls-tree', '-z', '--full-tree', commit, '--', path],
  });
  const blob = /^100(?:644|755) blob ([0-9a-f]+)\t/.exec(listing)?.[1];
  if (blob === undefined) return undefined;
  const size = Number(await git.read({ gitDir, args: ['cat-file', '-s', blob] }));
  if (size > MAX_TEXT_BYTES) {
    throw new HarnessError(
      'FILE_TOO_LARGE',
      `${path} has ${size} bytes, more than ${MAX_TEXT_BYTES}; make it smaller`,
    );
  }
  const content = await git.run({ gitDir, args: ['cat-file', 'blob', blob] });
  return content.stdout.toString('utf8');
}
