import { Readable } from 'node:stream';
import { bundleAllCommand, RESCUE_BUNDLE } from './box-commands.ts';
import { ANY_NAME } from './checkout.ts';
import { gitFailed, HARNESS } from './git.ts';
import { takeBundle } from './import-bundle.ts';
import { rescueRefs } from './names.ts';
import { walk, type Found } from './no-follow.ts';
import { readRef } from './refs.ts';
import { describeRescue } from './rescue-records.ts';
import type { Stores } from './stores.ts';
import {
  differs,
  foldersOf,
  MAX_FILE_BYTES,
  modeOf,
  readEntry,
  survey,
  type Survey,
} from './survey.ts';
import type { Rescue, Workspace } from './workspace.ts';

/** What is saved of an attempt, and what is left out. */
export interface RescueOrder {
  /** Why, in a word, for people: how the attempt ended. */
  readonly kind: string;
  /** A commit of this attempt that was imported: only what goes beyond it is rescued. */
  readonly saved?: string;
  /** Folders left out, by name; see `survey.ts` for the default. */
  readonly dependencyFolders?: readonly string[];
  /** Larger files are listed, not kept; 50 MB by default. */
  readonly maxFileBytes?: number;
  /**
   * `saved` is what `commitCommand` handed in, just as it was, and nothing ran in the box since: it
   * has bundled all other commits already.
   */
  readonly bundled?: boolean;
  /** Runs a command in the attempt's box. Without it the clone's own `.git` is kept as files. */
  readonly runInBox?: (command: readonly string[]) => Promise<{ readonly exit: number | null }>;
}

/** Two rescues of one attempt at once choose the same number; more than this never happens. */
const TRIES = 5;

/**
 * Makes everything the agent left reachable from one new reference: each file of the work tree, and
 * the commits of the clone. Runs no git in the clone and follows no symlink. Null when there is
 * nothing beyond what is saved. Throws GIT_FAILED when it could not be written.
 */
export async function rescue(
  stores: Stores,
  workspace: Workspace,
  order: RescueOrder,
): Promise<Rescue | null> {
  const commits = await rescueCommits(stores, workspace, order);
  const keepGit = commits === null && (await hasOwnObjects(workspace));
  const found = await survey(stores, workspace, {
    ...(order.dependencyFolders && { dependencyFolders: order.dependencyFolders }),
    ...(order.maxFileBytes !== undefined && { maxFileBytes: order.maxFileBytes }),
    ...(order.saved !== undefined && { saved: order.saved }),
    ownGit: keepGit ? 'take' : 'leave',
  });
  const parents = await beyondSaved(stores, commits ?? [], order.saved ?? workspace.base);
  if (parents.length === 0 && !differs(found)) return null;
  return write(stores, { workspace, order, found, parents });
}

/** The clone's own commits, taken in; null when they could not be. */
async function rescueCommits(
  stores: Stores,
  workspace: Workspace,
  { runInBox, bundled }: RescueOrder,
): Promise<readonly string[] | null> {
  if (bundled !== true) {
    const ran = await runInBox?.(bundleAllCommand(workspace));
    if (ran?.exit !== 0) return null;
  }
  const taken = await takeBundle(stores, workspace, RESCUE_BUNDLE);
  if (taken === null) return [];
  return taken.tips.length === 0 ? null : taken.tips;
}

/** Commits that no reference of ours reaches yet; those of former attempts, say, are safe already. */
async function beyondSaved(
  { git, attempts: gitDir }: Stores,
  commits: readonly string[],
  saved: string,
): Promise<string[]> {
  const beyond: string[] = [];
  for (const commit of commits) {
    const args = ['rev-list', '--max-count=1', commit, '--not', saved, '--all'];
    if ((await git.read({ gitDir, args })) !== '') beyond.push(commit);
  }
  return beyond;
}

/** Whether the clone holds objects it did not borrow: commits, stashes, staged files. */
async function hasOwnObjects(workspace: Workspace): Promise<boolean> {
  for await (const { path } of walk(workspace.path, { enter: leadsToObjects, lost })) {
    if (path.toString('latin1').startsWith('.git/objects/')) return true;
  }
  return false;
}

function leadsToObjects({ path }: Pick<Found, 'path'>): boolean {
  return /^\.git$|^\.git\/objects(\/(?!info$)|$)/.test(path.toString('latin1'));
}

/** What a survey has told before need not be told again. */
const lost = (): void => undefined;

interface Writing {
  readonly workspace: Workspace;
  readonly order: RescueOrder;
  readonly found: Survey;
  readonly parents: readonly string[];
}

async function write(stores: Stores, writing: Writing): Promise<Rescue> {
  const { git, attempts: gitDir } = stores;
  const { found, workspace } = writing;
  const args = ['fast-import', '--quiet', '--done', '--date-format=now'];
  for (let tries = 1; ; tries += 1) {
    const ref = await nextRef(stores, workspace.attemptId);
    const missed: string[] = [];
    const input = Readable.from(instructions(writing, ref, missed), { objectMode: false });
    const outcome = await git.run({ gitDir, args, pins: ANY_NAME, input });
    if (outcome.exit === 0) {
      return {
        ref,
        files: found.changed.size - missed.length,
        skipped: [...found.skipped, ...missed],
      };
    }
    const taken = (await readRef(git, gitDir, ref)) !== undefined;
    if (!taken || tries === TRIES) throw gitFailed({ gitDir, args }, outcome);
  }
}

async function nextRef({ git, attempts: gitDir }: Stores, attemptId: string): Promise<string> {
  const prefix = rescueRefs(attemptId);
  const args = ['for-each-ref', '--format=%(refname)', `${prefix}/`];
  const refs = (await git.read({ gitDir, args })).split('\n').filter(Boolean);
  const numbers = refs.map((ref) => Number(ref.slice(prefix.length + 1)));
  return `${prefix}/${Math.max(0, ...numbers) + 1}`;
}

/** A stream for `git fast-import`: one commit, whose reference appears only with its last line. */
async function* instructions(
  { workspace, order, found, parents }: Writing,
  ref: string,
  missed: string[],
): AsyncGenerator<Buffer> {
  const message = Buffer.from(
    describeRescue({
      attemptId: workspace.attemptId,
      kind: order.kind,
      files: found.changed.size,
      skipped: found.skipped,
    }),
  );
  yield Buffer.from(`commit ${ref}\ncommitter ${HARNESS.name} <${HARNESS.email}> now\n`);
  yield Buffer.from(
    `data ${message.length}\n${message.toString('utf8')}\nfrom ${order.saved ?? workspace.base}\n`,
  );
  for (const parent of parents) yield Buffer.from(`merge ${parent}\n`);
  for (const path of found.deleted) yield Buffer.from(`D ${quoted(path)}\n`);
  const maxBytes = order.maxFileBytes ?? MAX_FILE_BYTES;
  yield* changedFiles({ workspace, found, maxBytes }, missed);
  yield Buffer.from('done\n');
}

async function* changedFiles(
  from: { readonly workspace: Workspace; readonly found: Survey; readonly maxBytes: number },
  missed: string[],
): AsyncGenerator<Buffer> {
  const { changed } = from.found;
  const folders = foldersOf(changed);
  const enter = ({ path }: Found): boolean => folders.has(path.toString('latin1'));
  for await (const entry of walk(from.workspace.path, { enter, lost })) {
    const path = entry.path.toString('latin1');
    if (!changed.has(path)) continue;
    const content = readEntry(entry, from.maxBytes);
    if (content === undefined) {
      missed.push(`${entry.path.toString('utf8')} (unreadable)`);
      continue;
    }
    const mode = modeOf(entry);
    yield Buffer.from(`M ${mode} inline ${quoted(storedAs(path, mode))}\ndata ${content.length}\n`);
    yield content;
    yield Buffer.from('\n');
  }
}

/** git takes no `.git` in a tree, and no symlink of the name `.gitmodules`. */
function storedAs(path: string, mode: string): string {
  const parts = path.split('/').map((part) => (/^\.git$/i.test(part) ? `${part}.rescued` : part));
  const stored = parts.join('/');
  const refused = mode === '120000' && /(^|\/)\.gitmodules$/i.test(stored);
  return refused ? `${stored}.rescued` : stored;
}

/** A path in C style, so that any byte may be in it. */
function quoted(path: string): string {
  const escaped = path.replaceAll(
    /[^ !#-[\]-~]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}
