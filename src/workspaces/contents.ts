import { HarnessError } from '../domain/errors.ts';
import type { Entries, TreeEntry } from './facts.ts';
import { gitFailed } from './git.ts';
import { ATTEMPT_TRAILER, MAIN, MOVED } from './names.ts';
import { readRef } from './refs.ts';
import type { Stores } from './stores.ts';

/** A file of a tree that is wanted as text; plan documents are a hundredth of it. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** Newest commit of main. Throws HUB_EMPTY when nothing was received yet. */
export async function headOf(stores: Stores): Promise<string> {
  const head = await readRef(stores.git, stores.hub, MAIN);
  if (head !== undefined) return head;
  throw new HarnessError('HUB_EMPTY', `${stores.hub} has no main yet; receive the project first`);
}

/** A step of main that the harness itself made. */
export interface Change {
  readonly commit: string;
  /** Main before it. */
  readonly parent: string;
  readonly subject: string;
  /** The attempt whose work it brought; null for plan documents. */
  readonly attemptId: string | null;
}

/** The newest commit that the harness itself made main; undefined before the first. */
export function newestMove({ git, hub }: Stores): Promise<string | undefined> {
  return readRef(git, hub, MOVED);
}

/** How main came to this commit. Throws GIT_FAILED when there is none of this name. */
export async function changeAt(stores: Stores, commit: string): Promise<Change> {
  const { git, hub: gitDir } = stores;
  const args = ['log', '-1', '--format=%P%n%B', commit];
  const [parents = '', subject = '', ...body] = (await git.read({ gitDir, args })).split('\n');
  const [parent = ''] = parents.split(' ');
  // Ours is the last line of a merge's message, whatever a title above it says.
  const last = body.findLast((line) => line !== '') ?? '';
  const attemptId = last.startsWith(ATTEMPT_TRAILER) ? last.slice(ATTEMPT_TRAILER.length) : null;
  return { commit, parent, subject, attemptId };
}

/** The tree of a commit of the hub or of an attempt. */
export async function treeOf(stores: Stores, commit: string): Promise<string> {
  const { git, attempts: gitDir, facts } = stores;
  const known = facts.trees.get(commit);
  if (known !== undefined) return known;
  const args = ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`];
  const tree = await git.read({ gitDir, args });
  facts.trees.set(commit, tree);
  return tree;
}

/** Every file of a tree or commit; keys are paths as latin1, so that any bytes fit. */
export async function entriesOf(stores: Stores, tree: string): Promise<Entries> {
  const known = knownEntries(stores, tree);
  if (known !== undefined) return known;
  const entries = await listEntries(stores, tree);
  noteEntries(stores, tree, entries);
  return entries;
}

/** Remembers the files of a tree or commit. */
export function noteEntries({ facts }: Stores, tree: string, entries: Entries | undefined): void {
  if (entries !== undefined) facts.entries.set(facts.trees.get(tree) ?? tree, entries);
}

/** The same, if it need not be asked for. */
export function knownEntries({ facts }: Stores, tree: string): Entries | undefined {
  return facts.entries.get(facts.trees.get(tree) ?? tree) ?? facts.entries.get(tree);
}

async function listEntries(stores: Stores, tree: string): Promise<Entries> {
  const order = { gitDir: stores.attempts, args: ['ls-tree', '-r', '-z', '--full-tree', tree] };
  const listing = await stores.git.run(order);
  if (listing.exit !== 0) throw gitFailed(order, listing);
  return filesIn(listing.stdout.toString('latin1'));
}

/** Parses what `git ls-tree -r -z` said, read as latin1. */
export function filesIn(listing: string): Entries {
  const entries = new Map<string, TreeEntry>();
  for (const line of listing.split('\0')) {
    const tab = line.indexOf('\t');
    const [mode, , blob] = line.slice(0, tab).split(' ');
    if (tab > 0 && mode !== undefined && blob !== undefined) {
      entries.set(line.slice(tab + 1), { mode, blob });
    }
  }
  return entries;
}

/** The content of a blob. Throws GIT_FAILED when there is none of this name. */
export async function blobOf(stores: Stores, blob: string): Promise<Buffer> {
  const { git, attempts: gitDir, facts } = stores;
  const known = facts.blobs.get(blob);
  if (known !== undefined) return known;
  const order = { gitDir, args: ['cat-file', 'blob', blob] };
  const outcome = await git.run(order);
  if (outcome.exit !== 0) throw gitFailed(order, outcome);
  facts.blobs.set(blob, outcome.stdout);
  return outcome.stdout;
}

/** The size of a blob in bytes. */
export async function sizeOf(stores: Stores, blob: string): Promise<number> {
  const { git, attempts: gitDir, facts } = stores;
  const known = facts.blobs.get(blob);
  if (known !== undefined) return known.length;
  return Number(await git.read({ gitDir, args: ['cat-file', '-s', blob] }));
}

/** The text of a regular file, undefined when there is none. Throws FILE_TOO_LARGE. */
export async function fileAt(
  stores: Stores,
  commit: string,
  path: string,
): Promise<string | undefined> {
  const entry = (await entriesOf(stores, commit)).get(Buffer.from(path).toString('latin1'));
  if (entry === undefined || !entry.mode.startsWith('100')) return undefined;
  const size = await sizeOf(stores, entry.blob);
  if (size > MAX_TEXT_BYTES) {
    throw new HarnessError(
      'FILE_TOO_LARGE',
      `${path} has ${size} bytes, more than ${MAX_TEXT_BYTES}; make it smaller`,
    );
  }
  return (await blobOf(stores, entry.blob)).toString('utf8');
}
