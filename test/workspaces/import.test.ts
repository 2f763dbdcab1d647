import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { commitCommand } from '../../src/workspaces/box-commands.ts';
import type { Hub } from '../../src/workspaces/hub.ts';
import type { Import } from '../../src/workspaces/import-bundle.ts';
import { escapes } from '../../src/workspaces/intruders.ts';
import type { Workspace } from '../../src/workspaces/workspace.ts';
import { aProject, git, inBox, userGit, write, type AProject, PATIENCE_MS } from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

const FENCE = { attemptId: 'a1', number: 1 };

async function opened(project: AProject): Promise<Workspace> {
  await project.hub.setFence(FENCE);
  return project.hub.open('a1', { fresh: true });
}

async function handIn(hub: Hub, workspace: Workspace): Promise<Import> {
  const ran = await inBox(commitCommand(workspace, 'it\'s "done" $(date)'));
  expect(ran).toMatchObject({ exit: 0 });
  return hub.importBundle(workspace, FENCE);
}

function commitOf(taken: Import): string {
  if (taken.kind !== 'imported') throw new Error(JSON.stringify(taken));
  return taken.commit;
}

const show = (project: AProject, commit: string, path: string): Promise<string | undefined> =>
  project.hub.readFile(commit, path);

test('work that was left uncommitted is committed; nothing changed gives no commit', async () => {
  using project = await aProject({ 'a.txt': 'one\n', 'old.txt': 'x', '.gitignore': '*.log\n' });
  const workspace = await opened(project);
  expect(await handIn(project.hub, workspace)).toEqual({ kind: 'unchanged' });
  write(workspace.path, { 'b.txt': 'b\n', 'run.log': 'ignored' });
  rmSync(join(workspace.path, 'old.txt'));
  const commit = commitOf(await handIn(project.hub, workspace));
  expect(await show(project, commit, 'b.txt')).toBe('b\n');
  expect(await show(project, commit, 'old.txt')).toBeUndefined();
  expect(await show(project, commit, 'run.log')).toBeUndefined();
  expect(await project.hub.workOf('a1')).toBe(commit);
});

test('an index.lock, a detached HEAD, hostile hooks and settings do not hinder the commit', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const { path } = workspace;
  userGit(path, 'checkout', '-q', '--detach');
  userGit(path, 'config', 'core.bare', 'true');
  userGit(path, 'config', 'commit.gpgSign', 'true');
  write(path, {
    '.git/index.lock': '',
    '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n',
    'b.txt': 'b\n',
  });
  execFileSync('chmod', ['+x', join(path, '.git/hooks/pre-commit')]);
  const commit = commitOf(await handIn(project.hub, workspace));
  expect(await show(project, commit, 'b.txt')).toBe('b\n');
});

test('another branch and a merge in progress are committed as they stand', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const { path } = workspace;
  for (const name of ['left', 'right']) {
    userGit(path, 'switch', '-q', '-c', name, 'work');
    write(path, { 'a.txt': `${name}\n` });
    userGit(path, 'commit', '-q', '-a', '-m', name);
  }
  expect(() => userGit(path, 'merge', '-q', 'left')).toThrow(/failed/);
  write(path, { 'a.txt': 'both\n' });
  const commit = commitOf(await handIn(project.hub, workspace));
  expect(await show(project, commit, 'a.txt')).toBe('both\n');
  const parents = await git.read({
    gitDir: project.attempts,
    args: ['rev-list', '--parents', '-1', commit],
  });
  expect(parents.split(' ')).toHaveLength(3);
});

test('a nested repository is committed as plain files and stays a repository', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const app = join(workspace.path, 'my app');
  mkdirSync(app);
  userGit(app, 'init', '-q');
  write(app, { 'main.js': 'x\n', 'empty/.git/HEAD': 'no repository' });
  userGit(app, 'add', 'main.js');
  userGit(app, 'commit', '-q', '-m', 'inner');
  userGit(workspace.path, '-c', 'advice.addEmbeddedRepo=false', 'add', '-A');
  const commit = commitOf(await handIn(project.hub, workspace));
  expect(await show(project, commit, 'my app/main.js')).toBe('x\n');
  expect(userGit(app, 'log', '--format=%s')).toBe('inner');
  expect(existsSync(join(app, '.git.harness'))).toBe(false);
});

test('a history that left its base behind comes back on top of it', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  userGit(workspace.path, 'checkout', '-q', '--orphan', 'new');
  write(workspace.path, { 'b.txt': 'b\n' });
  const commit = commitOf(await handIn(project.hub, workspace));
  const parents = await git.read({
    gitDir: project.attempts,
    args: ['rev-list', '--parents', '-1', commit],
  });
  expect(parents).toBe(`${commit} ${workspace.base}`);
});

test('symlinks that lead out and submodules are refused by name', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  symlinkSync('/etc/passwd', join(workspace.path, 'out'));
  expect(await handIn(project.hub, workspace)).toMatchObject({ kind: 'refused', files: ['out'] });
  rmSync(join(workspace.path, 'out'));
  const entry = `160000,${workspace.base},module`;
  userGit(workspace.path, 'update-index', '--add', '--cacheinfo', entry);
  userGit(workspace.path, 'commit', '-q', '-m', 'gitlink');
  userGit(workspace.path, 'bundle', 'create', '-q', '.git/out.bundle', `${workspace.base}..HEAD`);
  expect(await project.hub.importBundle(workspace, FENCE)).toMatchObject({
    kind: 'refused',
    files: ['module'],
  });
  write(workspace.path, { 'b.txt': 'b\n' });
  const commit = commitOf(await handIn(project.hub, workspace));
  const history = await git.read({
    gitDir: project.attempts,
    args: ['rev-list', commit, `^${workspace.base}`],
  });
  expect(history).toBe(commit);
});

test('a file of a size that no host takes is refused by name, however small it is packed', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const large = join(workspace.path, 'large.bin');
  writeFileSync(large, '');
  truncateSync(large, 101 * 1024 * 1024);
  expect(await handIn(project.hub, workspace)).toMatchObject({
    kind: 'refused',
    files: ['large.bin'],
    reason: expect.stringContaining('101 MB'),
  });
  truncateSync(large, 1000);
  commitOf(await handIn(project.hub, workspace));
});

test('a tree with .git in it, a torn bundle and one above the cap are refused', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const bundle = join(workspace.path, '.git/out.bundle');
  const blob = userGit(workspace.path, 'rev-parse', 'HEAD:a.txt');
  const evil = execFileSync(
    '/usr/bin/git',
    ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'],
    {
      cwd: workspace.path,
      input: Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]),
      encoding: 'utf8',
    },
  ).trim();
  const commit = userGit(workspace.path, 'commit-tree', evil, '-p', workspace.base, '-m', 'evil');
  userGit(workspace.path, 'update-ref', 'refs/heads/evil', commit);
  userGit(workspace.path, 'bundle', 'create', '-q', '.git/out.bundle', `${workspace.base}..evil`);
  const refused = await project.hub.importBundle(workspace, FENCE);
  expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining('refused') });
  writeFileSync(bundle, readFileSync(bundle).subarray(0, -30));
  expect(await project.hub.importBundle(workspace, FENCE)).toMatchObject({ kind: 'refused' });
  truncateSync(bundle, 600 * 1024 * 1024);
  expect(await project.hub.importBundle(workspace, FENCE)).toMatchObject({ kind: 'refused' });
  expect(await project.hub.workOf('a1')).toBeUndefined();
});

test('I2 the import of a stale execution moves no reference', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  write(workspace.path, { 'b.txt': 'b\n' });
  await project.hub.setFence({ attemptId: 'a1', number: 2 });
  expect(await handIn(project.hub, workspace)).toEqual({ kind: 'stale' });
  expect(await project.hub.workOf('a1')).toBeUndefined();
});

test.each([
  ['a', 'b', false],
  ['x/a', '../b', false],
  ['x/a', '../../b', true],
  ['a', '..', true],
  ['x/a', '..', false],
  ['a', '/etc/passwd', true],
  ['a/b/c', 'd/../e', true],
  ['a', '.git/config', true],
  ['a', './b/./c', false],
])('a link %s -> %s leads out: %s', (path, target, out) => {
  expect(escapes(path, target)).toBe(out);
});
