import { entriesOf } from './contents.ts';
import { blobName, type TreeEntry } from './facts.ts';
import { contentOf, targetOf, walk, type Found } from './no-follow.ts';
import { readStamps, stampOf } from './stamps.ts';
import type { Stores } from './stores.ts';
import type { Workspace } from './workspace.ts';

/** How a work tree differs from what is saved of it, seen without running git in it. Paths are latin1. */
export interface Survey {
  /** Files and symlinks that are not saved, or otherwise. */
  readonly changed: ReadonlySet<string>;
  /** Saved, but no longer there. */
  readonly deleted: readonly string[];
  /** Left out, each with the reason, for people. */
  readonly skipped: readonly string[];
  /** Whether more than declared folders was left out. */
  readonly incomplete: boolean;
}

/** What a look at a work tree takes in. */
export interface SurveyOptions {
  /** Folders, by name, whose contents can be made again; never those with saved files. */
  readonly dependencyFolders?: readonly string[];
  /** Larger files are listed, not kept. */
  readonly maxFileBytes?: number;
  /** Also the clone's own `.git`. */
  readonly ownGit?: 'take' | 'leave';
  /** A commit of this work tree that was taken over already; its base when absent. */
  readonly saved?: string;
}

/** What common tools fill with what they can fill again. */
const DEPENDENCY_FOLDERS = [
  'node_modules',
  '.venv',
  'dist',
  'build',
  'target',
  '__pycache__',
  '.next',
  '.cache',
];
/** GitHub warns at this size; what agents write is far below, what tools download often above. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;

/** Whether there is anything in the work tree that is not saved. */
export function differs({ changed, deleted, incomplete }: Survey): boolean {
  return changed.size > 0 || deleted.length > 0 || incomplete;
}

interface Notes {
  readonly saved: ReadonlyMap<string, TreeEntry>;
  readonly savedFolders: ReadonlySet<string>;
  readonly stamps: ReadonlyMap<string, string>;
  readonly options: Required<Omit<SurveyOptions, 'saved'>>;
  readonly seen: Set<string>;
  readonly changed: Set<string>;
  /** Folders that were not looked into: what is saved of them counts as unchanged. */
  readonly unseen: string[];
  /** Declared folders left out. */
  readonly declared: string[];
  /** Everything else left out. */
  readonly lost: string[];
}

/** Looks at every file below the work tree, ignored ones and nested repositories included. */
export async function survey(
  stores: Stores,
  workspace: Workspace,
  options: SurveyOptions = {},
): Promise<Survey> {
  const notes = await startNotes(stores, workspace, options);
  const walking = walk(workspace.path, {
    enter: (found) => mayEnter(found, notes),
    lost: (path, why) => {
      notes.unseen.push(`${path.toString('latin1')}/`);
      notes.lost.push(`${path.toString('utf8')}/ (${why})`);
    },
  });
  for await (const found of walking) note(found, notes);
  const folders = foldersOf(notes.changed);
  return {
    changed: notes.changed,
    deleted: [...notes.saved.keys()].filter((path) => isGone(path, notes) && !folders.has(path)),
    skipped: [...notes.declared, ...notes.lost],
    incomplete: notes.lost.length > 0,
  };
}

async function startNotes(
  stores: Stores,
  workspace: Workspace,
  options: SurveyOptions,
): Promise<Notes> {
  const saved = await entriesOf(stores, options.saved ?? workspace.base);
  return {
    saved,
    savedFolders: foldersOf(saved.keys()),
    stamps: await validStamps(stores, workspace, saved),
    options: {
      dependencyFolders: DEPENDENCY_FOLDERS,
      maxFileBytes: MAX_FILE_BYTES,
      ownGit: 'leave',
      ...options,
    },
    seen: new Set(),
    changed: new Set(),
    unseen: [],
    declared: [],
    lost: [],
  };
}

/** The stamps of those files that are saved as they were checked out. */
async function validStamps(
  stores: Stores,
  workspace: Workspace,
  saved: ReadonlyMap<string, TreeEntry>,
): Promise<ReadonlyMap<string, string>> {
  const stamps = await readStamps(`${workspace.path}.stamps`);
  if (stamps?.base !== workspace.base) return new Map();
  const base = await entriesOf(stores, workspace.base);
  const same = (path: string): boolean => {
    const [before, now] = [base.get(path), saved.get(path)];
    return before?.blob === now?.blob && before?.mode === now?.mode;
  };
  return new Map([...stamps.files].filter(([path]) => same(path)));
}

/** Every folder that one of these paths lies in. */
export function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    let end = path.lastIndexOf('/');
    while (end > 0 && !folders.has(path.slice(0, end))) {
      folders.add(path.slice(0, end));
      end = path.lastIndexOf('/', end - 1);
    }
  }
  return folders;
}

function mayEnter({ path }: Found, { options, savedFolders, declared }: Notes): boolean {
  const name = path.toString('latin1');
  if (name === '.git') return options.ownGit === 'take';
  const own = name.slice(name.lastIndexOf('/') + 1);
  if (!options.dependencyFolders.includes(own) || savedFolders.has(name)) return true;
  declared.push(`${path.toString('utf8')}/`);
  return false;
}

function note(found: Found, notes: Notes): void {
  const path = found.path.toString('latin1');
  const { stats } = found;
  notes.seen.add(path);
  if (notes.stamps.get(path) === stampOf(stats)) return;
  const readable = found.path.toString('utf8');
  if (!stats.isFile() && !stats.isSymbolicLink()) {
    notes.lost.push(`${readable} (no file: mode ${stats.mode.toString(8)})`);
  } else if (stats.size > notes.options.maxFileBytes) {
    notes.lost.push(`${readable} (${stats.size} bytes)`);
  } else {
    noteContent(found, path, notes);
  }
}

function noteContent(found: Found, path: string, notes: Notes): void {
  const before = notes.saved.get(path);
  if (before === undefined || before.mode !== modeOf(found)) {
    notes.changed.add(path);
    return;
  }
  const content = readEntry(found, notes.options.maxFileBytes);
  if (content === undefined) notes.lost.push(`${found.path.toString('utf8')} (unreadable)`);
  else if (blobName(content) !== before.blob) notes.changed.add(path);
}

/** The mode git has for such an entry. */
export function modeOf({ stats }: Found): string {
  if (stats.isSymbolicLink()) return '120000';
  return (stats.mode & 0o100n) === 0n ? '100644' : '100755';
}

/** What git stores of an entry: a file's bytes or a symlink's target; undefined when unreadable. */
export function readEntry(found: Found, maxBytes: number): Buffer | undefined {
  return found.stats.isSymbolicLink() ? targetOf(found.at) : contentOf(found.at, maxBytes);
}

function isGone(path: string, { seen, unseen }: Notes): boolean {
  return !seen.has(path) && !unseen.some((folder) => path.startsWith(folder));
}
