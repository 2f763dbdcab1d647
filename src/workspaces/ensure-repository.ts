import { access, constants, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isDiskFull } from '../domain/disk-full.ts';
import { HarnessError, hasCode, messageOf } from '../domain/errors.ts';
import { MAIN } from './names.ts';
import { NOTHING, type Git } from './git.ts';
import type { Feature } from './features.ts';
import { inspectRepository, type UserRepository } from './repository.ts';

/** What the harness keeps in a project folder and no commit may hold. */
export const OWN_FILES = ['.orchestrator_state.json', '.harness/', '.work_items.json'];
/** What a person may have put into a new project's folder before the first run. */
const STARTING_FILES =
  /^(prompts|\.env(\.example)?|\.harness|\.orchestrator_state\.json|\.work_items\.json|orchestrator\.ya?ml|[^.].*\.(md|txt))$/;

const REMEDIES: Readonly<Record<Feature, string>> = {
  submodules: 'give a repository without submodules, or the submodule itself',
  lfs: 'give a repository without Git LFS',
  'sparse checkout': 'run "git sparse-checkout disable" there',
  'shallow history': 'run "git fetch --unshallow" there',
  'partial clone': 'give a full clone',
  'SHA-256 objects': 'give a repository made with --object-format=sha1',
  'foreign owner': 'run the harness as the owner of the folder, or change its owner',
};

/** A file that a new project begins with. */
export interface FirstFile {
  /** Name in the project's own folder. */
  readonly path: string;
  readonly text: string;
}

/**
 * The repository the harness works for: made when the folder is new, empty or holds only a first
 * idea, with a first commit on `main` that holds these files and nothing else; one that is there
 * already is taken as it is. Throws REPOSITORY_UNSUPPORTED (exit 2) by name.
 */
export async function ensureRepository(
  git: Git,
  folder: string,
  first: readonly FirstFile[] = [],
): Promise<UserRepository> {
  const found = await inspectRepository(git, folder);
  if (found.kind === 'repository') return adopt(git, found, first);
  const { directory } = found;
  if (found.kind === 'file') throw unsupported(directory, 'is a file', 'give a folder');
  if (found.kind === 'bare') {
    throw unsupported(directory, 'is a bare repository', 'give a clone with a work tree');
  }
  if (found.kind === 'folder') await refuseFullFolder(found);
  await makeFolder(directory);
  await git.read({
    gitDir: join(directory, '.git'),
    workTree: directory,
    args: ['init', '--quiet', '--initial-branch=main', '--template='],
  });
  return adopt(git, await inspectAgain(git, directory), first);
}

/** In a folder that can't be written, node says that it is not there. */
async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
  } catch (error) {
    if (isDiskFull(error)) throw error;
    throw new HarnessError(
      'PROJECT_UNWRITABLE',
      `${directory} can't be made or written (${messageOf(error)}); make it writable for you, or give another folder with --project-dir`,
      { exit: 2, cause: error },
    );
  }
}

async function refuseFullFolder(found: {
  readonly directory: string;
  readonly inside: string | null;
}): Promise<void> {
  if (found.inside !== null) {
    throw unsupported(
      found.directory,
      `lies in the repository ${found.inside}`,
      'give its top folder',
    );
  }
  const names = await readdir(found.directory);
  if (names.every((name) => STARTING_FILES.test(name))) return;
  throw unsupported(
    found.directory,
    'holds files but is no git repository',
    'run "git init && git add -A && git commit -m start" there',
  );
}

async function adopt(
  git: Git,
  repository: UserRepository,
  first: readonly FirstFile[],
): Promise<UserRepository> {
  const { directory, branch } = repository;
  const feature = repository.features.find((name) => name !== 'foreign owner' || !isRoot());
  if (feature !== undefined) {
    throw unsupported(directory, `is not supported yet: ${feature}`, REMEDIES[feature]);
  }
  if (branch === null) {
    throw unsupported(directory, 'has no branch checked out', 'run "git switch" to a branch there');
  }
  if (repository.head === null) await makeFirstCommit(git, repository, first);
  await excludeOwnFiles(git, repository);
  return inspectAgain(git, directory);
}

/** Root may use anybody's folder: that is how a container sees the folder of its host's user. */
function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function makeFirstCommit(
  git: Git,
  { gitDir, directory, branch }: UserRepository,
  first: readonly FirstFile[],
): Promise<void> {
  for (const { path, text } of first) {
    await writeIfAbsent(join(directory, path), text);
    await git.run({ gitDir, workTree: directory, args: ['add', '--force', '--', path] });
  }
  const tree =
    first.length === 0
      ? await git.read({ gitDir, args: ['mktree'], input: '' })
      : await git.read({ gitDir, args: ['write-tree'] });
  const commit = await git.read({ gitDir, args: ['commit-tree', tree, '-m', 'Start'] });
  const ref = branch === null ? MAIN : `refs/heads/${branch}`;
  await git.run({ gitDir, args: ['update-ref', ref, commit, NOTHING] });
}

async function writeIfAbsent(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function excludeOwnFiles(git: Git, repository: UserRepository): Promise<void> {
  const { gitDir } = repository;
  const named = await git.read({ gitDir, args: ['rev-parse', '--git-path', 'info/exclude'] });
  const path = resolve(dirname(gitDir), named);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  const missing = OWN_FILES.map((name) => `/${name}`).filter(
    (line) => !text.split('\n').includes(line),
  );
  if (missing.length === 0) return;
  await mkdir(dirname(path), { recursive: true });
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeFile(path, `${before}# harness\n${missing.join('\n')}\n`);
}

async function inspectAgain(git: Git, directory: string): Promise<UserRepository> {
  const found = await inspectRepository(git, directory);
  if (found.kind === 'repository') return found;
  throw unsupported(directory, 'vanished meanwhile', 'try again');
}

function unsupported(directory: string, what: string, remedy: string): HarnessError {
  return new HarnessError('REPOSITORY_UNSUPPORTED', `${directory} ${what}; ${remedy}`, { exit: 2 });
}
