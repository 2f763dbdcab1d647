import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { configOf, quietFilters } from './filters.ts';
import type { Git, Pin } from './git.ts';
import { lstatOrNull } from './look.ts';

/** What the user's folder is. The caller decides what to make of it. */
export type Repository =
  | { readonly kind: 'empty'; readonly directory: string }
  /** Files, but no repository; `inside` is the top of one further up. */
  | { readonly kind: 'folder'; readonly directory: string; readonly inside: string | null }
  | { readonly kind: 'file' | 'bare'; readonly directory: string }
  | UserRepository;

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

/** What the harness does not handle (yet), each found by itself. */
export type Feature =
  | 'submodules'
  | 'lfs'
  | 'sparse checkout'
  | 'shallow history'
  | 'partial clone'
  | 'SHA-256 objects'
  | 'foreign owner';

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
  return {
    kind: 'repository',
    directory,
    gitDir,
    branch: told('head') === '(detached)' ? null : (told('head') ?? null),
    head,
    dirty: status.some((line) => !line.startsWith('# ')),
    linked: (await lstat(join(directory, '.git'))).isFile(),
    features: await featuresOf(ask, { directory, head, config }),
  };
}

type Ask = (...args: string[]) => Promise<string>;

async function featuresOf(
  ask: Ask,
  facts: {
    readonly directory: string;
    readonly head: string | null;
    readonly config: readonly Pin[];
  },
): Promise<Feature[]> {
  const { directory, head, config } = facts;
  const tree = head === null ? '' : await ask('ls-tree', '-r', '-z', head);
  const place = ['--is-shallow-repository', '--git-path', 'info/attributes'];
  const [shallow, attributes = ''] = (await ask('rev-parse', ...place)).split('\n');
  const sparse = config.findLast(([key]) => key === 'core.sparsecheckout')?.[1];
  const found: [Feature, boolean][] = [
    ['submodules', await hasSubmodules(directory, tree)],
    ['lfs', await usesLfs(ask, { directory, tree, attributes })],
    ['sparse checkout', sparse !== undefined && !/^(false|no|off|0)$/i.test(sparse)],
    ['shallow history', shallow === 'true'],
    ['partial clone', config.some(([key]) => key.endsWith('.promisor'))],
    ['SHA-256 objects', config.some((pin) => pin.join() === 'extensions.objectformat,sha256')],
    ['foreign owner', (await lstat(directory)).uid !== userInfo().uid],
  ];
  return found.filter(([, present]) => present).map(([feature]) => feature);
}

async function hasSubmodules(directory: string, tree: string): Promise<boolean> {
  if (tree.split('\0').some((entry) => entry.startsWith('160000 '))) return true;
  return (await lstatOrNull(join(directory, '.gitmodules'))) !== null;
}

async function usesLfs(
  ask: Ask,
  facts: { readonly directory: string; readonly tree: string; readonly attributes: string },
): Promise<boolean> {
  const { directory, tree, attributes } = facts;
  const committed = tree.split('\0').flatMap((entry) => {
    const [meta = '', path = ''] = entry.split('\t', 2);
    return /(^|\/)\.gitattributes$/.test(path) ? [meta.split(' ')[2] ?? ''] : [];
  });
  const texts = [
    await textOf(join(directory, '.gitattributes')),
    await textOf(resolve(directory, attributes)),
    ...(await Promise.all(committed.map((blob) => ask('cat-file', 'blob', blob)))),
  ];
  return texts.some((text) => /^[^#\n]*\sfilter=lfs(\s|$)/m.test(text));
}

async function textOf(path: string): Promise<string> {
  const stats = await lstatOrNull(path);
  return stats?.isFile() === true ? readFile(path, 'utf8') : '';
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
