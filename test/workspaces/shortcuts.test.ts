import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { commitCommand } from '../../src/workspaces/box-commands.ts';
import { changesBetween } from '../../src/workspaces/changes.ts';
import { entriesOf, knownEntries } from '../../src/workspaces/contents.ts';
import { createQueue } from '../../src/workspaces/exclusive.ts';
import { blobName, createFacts, createRecent } from '../../src/workspaces/facts.ts';
import type { Git, GitOrder } from '../../src/workspaces/git.ts';
import { writeLooseBlob } from '../../src/workspaces/loose-blob.ts';
import { readRef } from '../../src/workspaces/refs.ts';
import { openHub } from '../../src/workspaces/hub.ts';
import { openStores } from '../../src/workspaces/stores.ts';
import {
  aProject,
  anAttempt,
  git,
  inBox,
  mergeToMain,
  PATIENCE_MS,
  userGit,
  write,
  type AProject,
} from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

/** A git that remembers what was asked of it. */
function countingGit(): Git & { readonly asked: string[] } {
  const asked: string[] = [];
  const note = (order: GitOrder): void => void asked.push(order.args[0] ?? '');
  return {
    asked,
    run: (order) => (note(order), git.run(order)),
    read: (order) => (note(order), git.read(order)),
  };
}

const storesOf = ({ home }: AProject, own: Git = git) =>
  openStores({ home, projectId: 'p1', git: own });

test('a reference is read without git, and by git where its file does not tell', async () => {
  using project = await aProject();
  const { hub } = project;
  const own = countingGit();
  const head = userGit(project.user, 'rev-parse', 'HEAD');
  const read = (ref: string): Promise<string | undefined> => readRef(own, hub.path, ref);
  expect(await read('refs/heads/main')).toBe(head);
  expect(await read('refs/heads/none')).toBeUndefined();
  expect(own.asked).toEqual([]);
  writeFileSync(join(hub.path, 'refs/heads/alias'), 'ref: refs/heads/main\n');
  symlinkSync('main', join(hub.path, 'refs/heads/link'));
  writeFileSync(join(hub.path, 'refs/heads/torn'), head.slice(0, 20));
  expect(await read('refs/heads/alias')).toBe(head);
  expect(await read('refs/heads/link')).toBe(head);
  expect(await read('refs/heads/torn')).toBeUndefined();
  expect(await read('refs/heads/../heads/main')).toBeUndefined();
  rmSync(join(hub.path, 'refs/heads/torn'));
  rmSync(join(hub.path, 'refs/heads/link'));
  await git.read({ gitDir: hub.path, args: ['pack-refs', '--all'] });
  expect(existsSync(join(hub.path, 'refs/heads/main'))).toBe(false);
  expect(await read('refs/heads/main')).toBe(head);
  expect(await read('refs/heads/none')).toBeUndefined();
});

test('I2 fences and main hold when references were packed', async () => {
  using project = await aProject();
  const { hub } = project;
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  await git.read({ gitDir: hub.path, args: ['pack-refs', '--all'] });
  expect(await hub.setFence({ attemptId: 'a1', number: 0 })).toBe(false);
  const main = await mergeToMain(hub, 'a1', commit);
  expect(await hub.head()).toBe(main);
  expect(await hub.mergedAs('a1')).toBe(main);
});

test('I2 a fence that another process raised is seen, whatever this one remembers', async () => {
  using project = await aProject();
  const { hub, home } = project;
  await hub.setFence({ attemptId: 'a1', number: 1 });
  const other = await openHub({ home, projectId: 'p1', git });
  expect(await other.setFence({ attemptId: 'a1', number: 7 })).toBe(true);
  expect(await hub.setFence({ attemptId: 'a1', number: 6 })).toBe(false);
  expect(await hub.setFence({ attemptId: 'a1', number: 7 })).toBe(true);
});

test.each(['', '1', '42', 'ünï\n', 'x'.repeat(100_000)])(
  'a blob has the name git gives it, and git reads what we write (%#)',
  async (text) => {
    using project = await aProject();
    const gitDir = project.hub.path;
    const name = await writeLooseBlob(gitDir, text);
    expect(blobName(text)).toBe(name);
    const args = ['hash-object', '--stdin'];
    expect(await git.read({ gitDir, args, input: text })).toBe(name);
    const stored = await git.run({ gitDir, args: ['cat-file', 'blob', name] });
    expect(stored.stdout.toString('utf8')).toBe(text);
    expect(await writeLooseBlob(gitDir, text)).toBe(name);
    const fsck = await git.run({ gitDir, args: ['fsck', '--strict', '--no-dangling'] });
    expect(fsck).toMatchObject({ exit: 0, stderr: '' });
  },
);

test('files that follow from what differs are those git lists', async () => {
  using project = await aProject({
    same: 's',
    'file-then-folder': 'f',
    'folder-then-file/x': 'x',
    'gone/deep/file': 'g',
    mode: '#!/bin/sh\n',
    link: 'a file',
  });
  const { user, hub } = project;
  const before = await hub.head();
  rmSync(join(user, 'file-then-folder'));
  rmSync(join(user, 'folder-then-file'), { recursive: true });
  rmSync(join(user, 'gone'), { recursive: true });
  rmSync(join(user, 'link'));
  write(user, { 'file-then-folder/y': 'y', 'folder-then-file': 'z', 'ünï/new': 'n' });
  symlinkSync('same', join(user, 'link'));
  execFileSync('chmod', ['+x', join(user, 'mode')]);
  userGit(user, 'add', '-A');
  userGit(user, 'commit', '-q', '-m', 'all kinds');
  const { main } = await hub.receive(user);
  const stores = await storesOf(project);
  await entriesOf(stores, before);
  await changesBetween(stores, before, main);
  const derived = knownEntries(stores, main);
  const listed = await entriesOf(await storesOf(project), main);
  expect(derived).toEqual(listed);
  expect(derived?.size).toBeGreaterThan(5);
});

const named = (digit: string): string => digit.repeat(40);

test('only object names are remembered, and no more than fit', () => {
  const facts = createFacts();
  facts.trees.set('refs/heads/main', named('a'));
  expect(facts.trees.get('refs/heads/main')).toBeUndefined();
  const recent = createRecent<number>(80, (weight) => weight);
  for (const digit of '0123456789') recent.set(named(digit), 8);
  expect(recent.get(named('0'))).toBe(8);
  recent.set(named('a'), 8);
  expect(recent.get(named('1'))).toBeUndefined();
  expect(recent.get(named('0'))).toBe(8);
  recent.set(named('b'), 21);
  expect(recent.get(named('b'))).toBeUndefined();
  recent.set(named('a'), 1);
  recent.set(named('c'), 7);
  expect(recent.get(named('2'))).toBe(8);
});

test('calls of one process follow each other by name, also after one that failed', async () => {
  const queue = createQueue();
  const seen: string[] = [];
  const step = (name: string, fails = false) =>
    queue.enter('lock', async () => {
      seen.push(`${name} in`);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      seen.push(`${name} out`);
      if (fails) throw new Error(name);
    });
  const ends = await Promise.allSettled([step('a'), step('b', true), step('c')]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

test('a clone is what git itself would have made, its author as given', async () => {
  using project = await aProject();
  const author = { name: 'A "quoted" \\ name; # of', email: 'a@b' };
  const workspace = await project.hub.open('a1', { fresh: true, author });
  const { path } = workspace;
  expect(userGit(path, 'config', '--local', 'user.name')).toBe(author.name);
  expect(userGit(path, 'config', '--local', 'user.email')).toBe(author.email);
  const made = join(project.root, 'made');
  userGit(project.root, 'init', '-q', '--template=', '-b', 'work', 'made');
  const config = readFileSync(join(path, '.git/config'), 'utf8');
  expect(config.startsWith(readFileSync(join(made, '.git/config'), 'utf8'))).toBe(true);
  expect(readFileSync(join(path, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/work\n');
  expect(userGit(path, 'fsck', '--strict')).toBe('');
  userGit(path, 'commit', '-q', '--allow-empty', '-m', 'x');
  expect(userGit(path, 'log', '-g', '--format=%s', 'work')).toBe('x');
});

test('landing asks git nothing when the branch is at main already', async () => {
  using project = await aProject();
  const own = countingGit();
  const hub = await openHub({ home: project.home, projectId: 'p1', git: own });
  const order = { directory: project.user, branch: 'main', expectedOld: null };
  expect(await hub.land(order)).toEqual({ kind: 'current', commit: await hub.head() });
  expect(own.asked).toEqual([]);
});

test('landing works where only git can tell the branch: packed references, linked work trees', async () => {
  using project = await aProject();
  const { hub, user, root } = project;
  const linked = join(root, 'linked');
  userGit(user, 'worktree', 'add', '-q', '-b', 'side', linked);
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const main = await mergeToMain(hub, 'a1', commit);
  userGit(user, 'pack-refs', '--all');
  for (const [directory, branch] of [[user, 'main'] as const, [linked, 'side'] as const]) {
    const landed = await hub.land({ directory, branch, expectedOld: null });
    expect(landed).toEqual({ kind: 'landed', commit: main });
    expect(userGit(directory, 'status', '--porcelain')).toBe('');
    expect(userGit(directory, 'rev-parse', 'HEAD')).toBe(main);
  }
});

test('an attempt of one item takes few processes', async () => {
  using project = await aProject({ 'package.json': '{"name":"x"}', 'a.txt': 'a' });
  const own = countingGit();
  const hub = await openHub({ home: project.home, projectId: 'p1', git: own });
  await oneItem(hub, project, 'a0');
  own.asked.length = 0;
  await oneItem(hub, project, 'a1');
  const session = 'read-tree unpack-objects rev-list diff-tree cat-file update-ref';
  const proof = 'merge-tree commit-tree diff-tree read-tree pack-objects unpack-objects update-ref';
  const landing = 'config merge-base pack-objects unpack-objects update-index diff-index';
  const all = `${session} ${proof} ${landing} read-tree update-ref`;
  expect(own.asked.toSorted()).toEqual(all.split(' ').toSorted());
});

async function oneItem(
  hub: Awaited<ReturnType<typeof openHub>>,
  { root, user }: AProject,
  attemptId: string,
): Promise<void> {
  const fence = { attemptId, number: 1 };
  await hub.setFence(fence);
  const workspace = await hub.open(attemptId, { fresh: true });
  await (await hub.files(workspace.base)).read('package.json');
  write(workspace.path, { [`${attemptId}.txt`]: attemptId });
  await inBox(commitCommand(workspace, attemptId));
  const taken = await hub.importBundle(workspace, fence);
  if (taken.kind !== 'imported') throw new Error(taken.kind);
  const order = { kind: 'left over', saved: taken.commit, bundled: taken.asItWas };
  expect(await hub.rescue(workspace, order)).toBeNull();
  await hub.remove(workspace, taken.commit);
  const merge = await hub.merge(taken.commit, { message: 'm', attemptId, itemKey: null });
  if (merge.kind !== 'clean') throw new Error(merge.kind);
  await hub.changedFiles(merge.base, merge.commit);
  await hub.checkout(merge.tree, join(root, `gate-${attemptId}`));
  await (await hub.files(merge.tree)).read('package.json');
  expect(await hub.moveMain({ fence, from: merge.base, to: merge.commit })).toBe(true);
  const landing = { directory: user, branch: 'main', expectedOld: null };
  expect(await hub.land(landing)).toMatchObject({ kind: 'landed' });
}
