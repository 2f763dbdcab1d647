import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { ensureRepository } from '../../src/workspaces/ensure-repository.ts';
import type { Feature } from '../../src/workspaces/features.ts';
import { inspectRepository } from '../../src/workspaces/repository.ts';
import { git, makeRepository, userGit, write, PATIENCE_MS } from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

const aFolder = () => mkdtempDisposableSync(join(tmpdir(), 'harness-repository-'));

function aRepository(path: string): string {
  makeRepository(path, { 'a.txt': 'one\n', '.gitignore': '*.log\n' });
  return path;
}

test('a new folder becomes a repository with an empty first commit, without our own files', async () => {
  using folder = aFolder();
  const path = join(folder.path, 'new');
  expect(await inspectRepository(git, path)).toMatchObject({ kind: 'empty' });
  const made = await ensureRepository(git, path);
  expect(made).toMatchObject({ branch: 'main', dirty: false, features: [] });
  write(path, { '.harness/x': '', '.orchestrator_state.json': '', '.work_items.json': '' });
  expect(userGit(path, 'status', '--porcelain')).toBe('');
  expect(await ensureRepository(git, path)).toEqual(made);
  expect(readFileSync(join(path, '.git/info/exclude'), 'utf8').match(/\.harness/g)).toHaveLength(1);
});

test('a folder with a first idea is taken, one full of other files or inside a repository is not', async () => {
  using folder = aFolder();
  const idea = join(folder.path, 'idea');
  write(idea, { 'idea.md': 'An app.', '.env': '' });
  expect(await ensureRepository(git, idea)).toMatchObject({ branch: 'main' });
  const full = join(folder.path, 'full');
  write(full, { 'main.c': '' });
  const unsupported = { code: 'REPOSITORY_UNSUPPORTED', exit: 2 };
  await expect(ensureRepository(git, full)).rejects.toMatchObject(unsupported);
  const outer = aRepository(join(folder.path, 'outer'));
  write(outer, { 'sub/main.c': '' });
  await expect(ensureRepository(git, join(outer, 'sub'))).rejects.toMatchObject(unsupported);
  await expect(ensureRepository(git, join(full, 'main.c'))).rejects.toMatchObject(unsupported);
  userGit(folder.path, 'init', '-q', '--bare', 'bare.git');
  await expect(ensureRepository(git, join(folder.path, 'bare.git'))).rejects.toThrow(/bare/);
});

test('untracked files make a repository dirty, ignored ones do not', async () => {
  using folder = aFolder();
  const path = aRepository(join(folder.path, 'r'));
  write(path, { 'run.log': '' });
  expect(await inspectRepository(git, path)).toMatchObject({ branch: 'main', dirty: false });
  write(path, { new: '' });
  expect(await inspectRepository(git, path)).toMatchObject({ dirty: true, linked: false });
});

test('an unborn branch gets a first commit, a detached HEAD is refused, a linked work tree is known', async () => {
  using folder = aFolder();
  const unborn = join(folder.path, 'unborn');
  mkdirSync(unborn);
  userGit(unborn, 'init', '-q', '-b', 'trunk');
  expect(await inspectRepository(git, unborn)).toMatchObject({ branch: 'trunk', head: null });
  expect((await ensureRepository(git, unborn)).head).toMatch(/^[0-9a-f]{40}$/);
  const path = aRepository(join(folder.path, 'r'));
  userGit(path, 'worktree', 'add', '-q', '-b', 'side', '../linked');
  const linked = await ensureRepository(git, join(folder.path, 'linked'));
  expect(linked).toMatchObject({ linked: true, branch: 'side', dirty: false });
  userGit(path, 'checkout', '-q', '--detach');
  expect(await inspectRepository(git, path)).toMatchObject({ branch: null });
  await expect(ensureRepository(git, path)).rejects.toThrow(/git switch/);
});

const features: [Feature, (path: string) => void][] = [
  ['submodules', (path) => writeFileSync(join(path, '.gitmodules'), '')],
  ['lfs', (path) => write(path, { '.gitattributes': '*.bin filter=lfs diff=lfs\n' })],
  ['sparse checkout', (path) => void userGit(path, 'sparse-checkout', 'set', 'src')],
  ['partial clone', (path) => void userGit(path, 'config', 'remote.origin.promisor', 'true')],
  [
    'shallow history',
    (path) => writeFileSync(join(path, '.git/shallow'), `${userGit(path, 'rev-parse', 'HEAD')}\n`),
  ],
];

test.each(features)('%s is found and refused by name', async (feature, plant) => {
  using folder = aFolder();
  const path = aRepository(join(folder.path, 'r'));
  plant(path);
  expect(await inspectRepository(git, path)).toMatchObject({ features: [feature] });
  await expect(ensureRepository(git, path)).rejects.toThrow(feature);
});
