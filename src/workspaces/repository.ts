import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { filesIn } from './contents.ts';
import { featuresOf, type Feature } from './features.ts';
import { configOf, quietFilters } from './filters.ts';
import type { Git } from './git.ts';
import { lstatOrNull } from './look.ts';

/** What the user's folder is. The caller decides what to make of it. */
export type Repository =
  | { readonly kind: 'empty'; readonly directory: string }
  /** Files, but no repository; `inside` is the top of one further up. */
  | { readonly kind: 'folder'; readonly directory: string; readonly inside: string | null }
  | { readonly kind: 'file' | 'bare'; readonly directory: string }
  | UserRepository;

/** The user's repository as it was found; nothing in it was changed. */
export interface UserRepository {
  readonly kind: 'repository';
  readonly directory: string;
  readonly gitDir: string;
  /** Checked-out branch, without refs/heads/; null when HEAD is detached. */
  readonly branch: string | null;
  /** Null on an unborn branch. */
  readonly head: string | null;
  /** Changed or untracked files; ignored ones don't count. */
  readonly dirty: boolean;
  /** `.git` is a file: a linked work tree. */
  readonly linked: boolean;
  readonly features: readonly Feature[];
}

/** Looks at a folder without running anything that its repository configures. */
export async function inspectRepository(git: Git, folder: string): Promise<Repository> {
  const stats = await lstatOrNull(folder);
  if (stats === null) return { kind: 'empty', directory: resolve(folder) };
  const directory = await realpath(folder);
  if (!(await lstat(directory)).isDirectory()) return { kind: 'file', directory };
  const gitDir = await findGitDir(directory);
  if (gitDir !== null) return inspect(git, directory, gitDir);
  const names = await readdir(directory);
  if (['HEAD', 'objects', 'refs'].every((name) => names.includes(name))) {
    return { kind: 'bare', directory };
  }
  if (names.length === 0) return { kind: 'empty', directory };
  return { kind: 'folder', directory, inside: await repositoryAbove(directory) };
}

async function inspect(git: Git, directory: string, gitDir: string): Promise<UserRepository> {
  const config = await configOf(git, gitDir);
  const ask = async (...args: string[]): Promise<string> =>
    git.read({ gitDir, workTree: directory, args, pins: quietFilters(config) });
  const args = ['--porcelain=v2', '--branch', '--no-ahead-behind', '--ignore-submodules=all'];
  const status = (await ask('status', '-z', ...args)).split('\0').filter(Boolean);
  const told = (what: string): string | undefined =>
    status.find((line) => line.startsWith(`# branch.${what} `))?.slice(`# branch.${what} `.length);
  const head = told('oid') === '(initial)' ? null : (told('oid') ?? null);
  const listing = head === null ? '' : await ask('ls-tree', '-r', '-z', head);
  const blob = (name: string): Promise<string> => ask('cat-file', 'blob', name);
  return {
    kind: 'repository',
    directory,
    gitDir,
    branch: told('head') === '(detached)' ? null : (told('head') ?? null),
    head,
    dirty: status.some((line) => !line.startsWith('# ')),
    linked: (await lstat(join(directory, '.git'))).isFile(),
    features: await featuresOf({ directory, gitDir, config, files: filesIn(listing), blob }),
  };
}

/** The repository of a folder by its own `.git`, folder or file; null when it has none. */
export async function findGitDir(directory: string): Promise<string | null> {
  const dotGit = join(directory, '.git');
  const stats = await lstatOrNull(dotGit);
  if (stats === null) return null;
  if (!stats.isFile()) return realpath(dotGit);
  const named = /^gitdir: (.+)$/m.exec(await readFile(dotGit, 'utf8'))?.[1];
  return named === undefined ? null : realpath(resolve(directory, named));
}

async function repositoryAbove(directory: string): Promise<string | null> {
  const parent = dirname(directory);
  if (parent === directory) return null;
  return (await lstatOrNull(join(parent, '.git'))) === null ? repositoryAbove(parent) : parent;
}
