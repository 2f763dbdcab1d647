import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Landing } from '../../src/workspaces/workspace.ts';
import { openHub } from '../../src/workspaces/hub.ts';
import {
  aProject,
  anAttempt,
  git,
  mergeToMain,
  userGit,
  workIn,
  write,
  type AProject,
  PATIENCE_MS,
} from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

/** A project whose main changed a.txt, added sub/new.txt and removed old.txt. */
async function withWork(): Promise<AProject & { readonly main: string }> {
  const project = await aProject({ 'a.txt': 'one\n', 'old.txt': 'x', '.gitignore': '*.log\n' });
  const workspace = await project.hub.open('a1', { fresh: true });
  rmSync(join(workspace.path, 'old.txt'));
  const files = { 'a.txt': 'two\n', 'sub/new.txt': 'new\n' };
  const { commit } = await workIn(project.hub, workspace, files);
  return { ...project, main: await mergeToMain(project.hub, 'a1', commit) };
}

const landing = ({ hub, user }: AProject, expectedOld: string | null = null): Promise<Landing> =>
  hub.land({ directory: user, branch: 'main', expectedOld });

test('a clean repository follows main, its untracked and ignored files stay', async () => {
  using project = await withWork();
  const { user, main } = project;
  write(user, { 'notes.txt': 'mine', 'run.log': 'mine too' });
  expect(await landing(project)).toEqual({ kind: 'landed', commit: main });
  expect(userGit(user, 'rev-parse', 'HEAD')).toBe(main);
  expect(userGit(user, 'status', '--porcelain')).toBe('?? notes.txt');
  expect(readFileSync(join(user, 'a.txt'), 'utf8')).toBe('two\n');
  expect(existsSync(join(user, 'old.txt'))).toBe(false);
  expect(readFileSync(join(user, 'run.log'), 'utf8')).toBe('mine too');
  expect(userGit(user, 'fsck', '--strict')).toBe('');
  expect(await landing(project)).toEqual({ kind: 'current', commit: main });
});

const obstacles: [string, (user: string) => void, RegExp][] = [
  ['a changed file', (user) => write(user, { 'a.txt': 'by hand\n' }), /uncommitted changes/],
  [
    'a staged file',
    (user) => {
      write(user, { 'staged.txt': '' });
      userGit(user, 'add', 'staged.txt');
    },
    /uncommitted changes/,
  ],
  [
    'an untracked file in the way',
    (user) => write(user, { 'sub/new.txt': 'mine' }),
    /sub\/new\.txt is in the way/,
  ],
  [
    'an untracked file where a folder must be',
    (user) => write(user, { sub: 'mine' }),
    /file sub is in the way/,
  ],
  [
    'an ignored file in the way',
    (user) => {
      write(user, { 'sub/new.txt': 'mine', '.git/info/exclude': 'new.txt\n' });
    },
    /sub\/new\.txt is in the way/,
  ],
  [
    'a commit of the user',
    (user) => void userGit(user, 'commit', '-q', '--allow-empty', '-m', 'x'),
    /commits of your own/,
  ],
  [
    'another branch',
    (user) => void userGit(user, 'switch', '-q', '-c', 'other'),
    /other is checked out/,
  ],
  ['a detached HEAD', (user) => void userGit(user, 'checkout', '-q', '--detach'), /detached/],
  [
    'a merge under way',
    (user) => writeFileSync(join(user, '.git/MERGE_HEAD'), ''),
    /a merge is under way/,
  ],
  [
    'another git at work',
    (user) => writeFileSync(join(user, '.git/index.lock'), ''),
    /index\.lock/,
  ],
];

test('landing is delayed with the reason by whatever a person has under way', async () => {
  using project = await withWork();
  const { user, root } = project;
  for (const [what, plant, reason] of obstacles) {
    const directory = join(root, what.replaceAll(' ', '-'));
    userGit(root, 'clone', '-q', user, directory);
    plant(directory);
    const before = userGit(directory, 'rev-parse', 'HEAD');
    const listed = userGit(directory, 'ls-files', '-s');
    const landed = await project.hub.land({ directory, branch: 'main', expectedOld: null });
    expect({ what, ...landed }).toEqual({
      what,
      kind: 'delayed',
      reason: expect.stringMatching(reason),
    });
    expect(userGit(directory, 'rev-parse', 'HEAD')).toBe(before);
    expect(userGit(directory, 'ls-files', '-s')).toBe(listed);
  }
  expect(readFileSync(join(root, 'an-ignored-file-in-the-way/sub/new.txt'), 'utf8')).toBe('mine');
});

test('I1 main is brought beside commits of the user, and counts as landed once they have taken it in', async () => {
  using project = await withWork();
  const { user, main } = project;
  write(user, { 'mine.txt': 'mine' });
  userGit(user, 'add', 'mine.txt');
  userGit(user, 'commit', '-q', '-m', 'by hand');
  const mine = userGit(user, 'rev-parse', 'HEAD');
  const delayed = {
    kind: 'delayed',
    reason: expect.stringContaining('`git merge harness/main` brings both together'),
  };
  expect(await landing(project)).toEqual(delayed);
  expect(await landing(project)).toEqual(delayed);
  expect(userGit(user, 'rev-parse', 'HEAD')).toBe(mine);
  expect(userGit(user, 'rev-parse', 'harness/main')).toBe(main);
  expect(userGit(user, 'status', '--porcelain')).toBe('');
  userGit(user, 'merge', '-q', '--no-edit', 'harness/main');
  expect(readFileSync(join(user, 'a.txt'), 'utf8')).toBe('two\n');
  expect(userGit(user, 'fsck', '--strict')).toBe('');
  expect(await landing(project)).toEqual({ kind: 'current', commit: main });
  expect(await project.hub.receive(user, 'main')).toMatchObject({ kind: 'ahead' });
});

test('landing expects the old commit it was told', async () => {
  using project = await withWork();
  const old = userGit(project.user, 'rev-parse', 'HEAD');
  expect(await landing(project, project.main)).toMatchObject({ kind: 'delayed' });
  expect(await landing(project, old)).toMatchObject({ kind: 'landed' });
});

test('of two that land at once one lands and the other finds it done', async () => {
  using project = await withWork();
  const other = await openHub({ home: project.home, projectId: 'p1', git });
  const ends = await Promise.all([landing(project), landing({ ...project, hub: other })]);
  expect(ends.map(({ kind }) => kind).toSorted()).toEqual(['current', 'landed']);
  expect(userGit(project.user, 'status', '--porcelain')).toBe('');
});

test('T5 nothing that the repository or a clone configures runs on the host', async () => {
  using project = await aProject({
    '.gitattributes': '*.txt filter=evil diff=evil merge=evil\n',
    'a.txt': 'one\n',
  });
  const { hub, user, root } = project;
  const canary = join(root, 'canary');
  const script = join(root, 'evil.sh');
  writeFileSync(script, `#!/bin/sh\necho "$0 $*" >> '${canary}'\ncat\n`);
  chmodSync(script, 0o755);
  const plant = (directory: string): void => {
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'core.editor',
      'core.alternateRefsCommand',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.evil.textconv',
      'diff.evil.command',
      'diff.external',
      'merge.evil.driver',
      'gpg.program',
      'credential.helper',
      'uploadpack.packObjectsHook',
    ]) {
      userGit(directory, 'config', key, script);
    }
    userGit(directory, 'config', 'merge.verifySignatures', 'true');
    userGit(directory, 'config', 'core.hooksPath', join(root, 'hooks'));
  };
  for (const hook of [
    'post-checkout',
    'post-merge',
    'reference-transaction',
    'post-index-change',
    'pre-commit',
  ]) {
    write(root, { [`hooks/${hook}`]: readFileSync(script, 'utf8') });
    chmodSync(join(root, 'hooks', hook), 0o755);
  }
  const { workspace, commit } = await anAttempt(hub, 'a1', { 'a.txt': 'two\n', 'b.txt': 'b\n' });
  plant(workspace.path);
  plant(user);
  writeFileSync(canary, '');
  await hub.receive(user);
  await hub.importBundle(workspace, { attemptId: 'a1', number: 1 });
  await mergeToMain(hub, 'a1', commit);
  await hub.rescue(workspace, { kind: 'failed' });
  await hub.remove(workspace, commit);
  await hub.checkout(await hub.treeOf(await hub.head()), join(root, 'gate'));
  expect(await landing(project)).toMatchObject({ kind: 'landed' });
  expect(readFileSync(canary, 'utf8')).toBe('');
  expect(readFileSync(join(user, 'b.txt'), 'utf8')).toBe('b\n');
});
