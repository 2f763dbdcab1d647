import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openHub } from '../../src/workspaces/hub.ts';
import { aProject, anAttempt, git, mergeToMain, userGit, write, PATIENCE_MS } from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

test('two processes that open a new hub at once get the same whole one', async () => {
  using project = await aProject();
  const home = join(project.root, 'other');
  const hubs = await Promise.all([1, 2, 3].map(() => openHub({ home, projectId: 'x', git })));
  await hubs[0]?.receive(project.user);
  expect(await hubs[2]?.head()).toBe(await project.hub.head());
});

test('a hub left half made by a crash is made whole by the next opening', async () => {
  using project = await aProject();
  const home = join(project.root, 'other');
  mkdirSync(join(home, 'projects/x/scratch/work-dead/repository.git'), { recursive: true });
  const hub = await openHub({ home, projectId: 'x', git });
  await hub.receive(project.user);
  expect(await hub.readFile(await hub.head(), 'a.txt')).toBe('one\n');
});

test('the hub takes the base branch of the repository and nothing else', async () => {
  using project = await aProject();
  const { user, hub } = project;
  userGit(user, 'switch', '-q', '-c', 'secret');
  write(user, { '.env': 'KEY=1' });
  userGit(user, 'add', '-A');
  userGit(user, 'commit', '-q', '-m', 'secret');
  const secret = userGit(user, 'rev-parse', 'HEAD');
  userGit(user, 'switch', '-q', 'main');
  await hub.receive(user);
  const found = await git.run({ gitDir: hub.path, args: ['cat-file', '-e', secret] });
  expect(found.exit).not.toBe(0);
});

test('receive says how the branch stands to main, and main follows what is ahead', async () => {
  using project = await aProject();
  const { user, hub } = project;
  expect((await hub.receive(user)).kind).toBe('same');
  userGit(user, 'commit', '-q', '--allow-empty', '-m', 'by hand');
  const ahead = await hub.receive(user);
  expect(ahead).toEqual({
    kind: 'ahead',
    theirs: ahead.main,
    main: userGit(user, 'rev-parse', 'HEAD'),
  });
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const main = await mergeToMain(hub, 'a1', commit);
  expect(await hub.receive(user)).toMatchObject({ kind: 'behind', main });
  userGit(user, 'commit', '-q', '--allow-empty', '-m', 'by hand again');
  expect(await hub.receive(user)).toMatchObject({ kind: 'diverged', main });
});

test('plan documents become one commit on main, unless main moved', async () => {
  using project = await aProject();
  const { hub } = project;
  const before = await hub.head();
  const files = [{ path: 'PRPs/plans/tasks.md', text: '# Tasks\n' }];
  const commit = await hub.commitFiles({ files, message: 'Plan', expectedHead: before });
  expect(await hub.head()).toBe(commit);
  expect(await hub.readFile(commit ?? '', 'PRPs/plans/tasks.md')).toBe('# Tasks\n');
  expect(await hub.readFile(commit ?? '', 'a.txt')).toBe('one\n');
  expect(await hub.readFile(commit ?? '', 'nowhere')).toBeUndefined();
  expect(await hub.commitFiles({ files, message: 'Plan', expectedHead: before })).toBeUndefined();
  const stray = { files: [{ path: '../x', text: '' }], message: 'x', expectedHead: before };
  await expect(hub.commitFiles(stray)).rejects.toMatchObject({ code: 'PATH_REFUSED' });
});

test('a file above the cap is refused by name', async () => {
  using project = await aProject({ big: 'x'.repeat(1024 * 1024 + 1) });
  const reading = project.hub.readFile(await project.hub.head(), 'big');
  await expect(reading).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
});

test('a clone borrows from the hub, has no hooks, and is reused unless a fresh one is wanted', async () => {
  using project = await aProject();
  const { hub } = project;
  const workspace = await hub.open('a1', { fresh: true });
  expect(existsSync(join(workspace.path, '.git/hooks'))).toBe(false);
  expect(readFileSync(join(workspace.path, 'a.txt'), 'utf8')).toBe('one\n');
  expect(userGit(workspace.path, 'status', '--porcelain=v1', '--branch')).toBe('## work');
  expect(workspace.objects).toEqual([join(hub.path, 'objects')]);
  write(workspace.path, { 'mine.txt': 'kept' });
  expect(await hub.open('a1', { fresh: false })).toEqual(workspace);
  expect(existsSync(join(workspace.path, 'mine.txt'))).toBe(true);
  await hub.open('a1', { fresh: true });
  expect(existsSync(join(workspace.path, 'mine.txt'))).toBe(false);
  const [saved] = await hub.listRescues();
  expect(saved).toMatchObject({ attemptId: 'a1', kind: 'replaced', files: 1, skipped: [] });
});

test('the commit of an earlier attempt is there as the branch `previous`', async () => {
  using project = await aProject();
  const { hub } = project;
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const workspace = await hub.open('a2', { fresh: true, previous: commit });
  expect(userGit(workspace.path, 'show', 'previous:b.txt')).toBe('b');
});

test('a checkout is exactly the tree: no conversion, links as they are, no repository', async () => {
  using project = await aProject();
  const { hub, user, root } = project;
  write(user, {
    '.gitattributes': '* text eol=crlf ident filter=evil\n*.u working-tree-encoding=UTF-16\n',
  });
  write(user, { 'x.txt': 'a $Id$\nb\n', 'y.u': 'plain\n' });
  symlinkSync('/etc', join(user, 'out'));
  const blob = (text: string): string => {
    writeFileSync(join(root, 'blob'), text);
    return userGit(user, 'hash-object', '-w', '--no-filters', join(root, 'blob'));
  };
  userGit(user, 'add', '.gitattributes', 'out');
  userGit(user, 'update-index', '--add', '--cacheinfo', `100644,${blob('a $Id$\nb\n')},x.txt`);
  userGit(user, 'update-index', '--add', '--cacheinfo', `100755,${blob('plain\n')},y.u`);
  userGit(user, 'commit', '-q', '-m', 'attributes');
  const { main } = await hub.receive(user);
  const place = join(root, 'checked-out');
  await hub.checkout(await hub.treeOf(main), place);
  expect(readFileSync(join(place, 'x.txt'), 'utf8')).toBe('a $Id$\nb\n');
  expect(readFileSync(join(place, 'y.u'), 'utf8')).toBe('plain\n');
  expect(lstatSync(join(place, 'y.u')).mode & 0o111).not.toBe(0);
  expect(readlinkSync(join(place, 'out'))).toBe('/etc');
  expect(existsSync(join(place, '.git'))).toBe(false);
  const again = hub.checkout(await hub.treeOf(main), place);
  await expect(again).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
});

test('git never runs without a repository named by an absolute path', async () => {
  await expect(git.read({ gitDir: '.git', args: ['status'] })).rejects.toMatchObject({
    code: 'GIT_UNPINNED',
  });
});
