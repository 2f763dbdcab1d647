import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openHub } from '../../src/workspaces/hub.ts';
import { fenceRef } from '../../src/workspaces/names.ts';
import { aProject, anAttempt, git, mergeToMain, userGit, write, PATIENCE_MS } from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

const of = (attemptId: string) => ({ message: 'Add it', attemptId, itemKey: 'API-1' });

test('an item becomes one merge commit, main first, that names item and attempt', async () => {
  using project = await aProject();
  const { hub, attempts } = project;
  const base = await hub.head();
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const merged = await hub.merge(commit, of('a1'));
  if (merged.kind !== 'clean') throw new Error('conflict');
  expect(merged.base).toBe(base);
  expect(await hub.treeOf(merged.commit)).toBe(merged.tree);
  const args = ['log', '-1', '--format=%P%n%an <%ae>%n%B', merged.commit];
  expect(await git.read({ gitDir: attempts, args })).toBe(
    `${base} ${commit}\nharness <harness@localhost>\nAdd it\n\nHarness-Item: API-1\nHarness-Attempt: a1\n`,
  );
  expect(await hub.head()).toBe(base);
});

test('a conflict names its files', async () => {
  using project = await aProject({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
  const { hub } = project;
  const first = await anAttempt(hub, 'a1', { 'a.txt': 'two\n', 'b.txt': 'two\n' });
  const second = await anAttempt(hub, 'a2', { 'a.txt': 'three\n', 'b.txt': 'three\n' });
  await mergeToMain(hub, 'a1', first.commit);
  const merged = await hub.merge(second.commit, of('a2'));
  expect(merged).toEqual({ kind: 'conflict', files: ['a.txt', 'b.txt'] });
});

test('I10 main moves by compare-and-swap only, to a commit the hub then has', async () => {
  using project = await aProject();
  const { hub } = project;
  const first = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const second = await anAttempt(hub, 'a2', { 'c.txt': 'c\n' });
  const late = await hub.merge(second.commit, of('a2'));
  if (late.kind !== 'clean') throw new Error('conflict');
  const main = await mergeToMain(hub, 'a1', first.commit);
  const fence = { attemptId: 'a2', number: 1 };
  expect(await hub.moveMain({ fence, from: late.base, to: late.commit })).toBe(false);
  expect(await hub.head()).toBe(main);
  expect(await hub.mergedAs('a2')).toBeUndefined();
  const args = ['rev-list', '--objects', '--quiet', main];
  expect((await git.run({ gitDir: hub.path, args })).exit).toBe(0);
});

test('I2 a stale fence moves no reference', async () => {
  using project = await aProject();
  const { hub } = project;
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const merged = await hub.merge(commit, of('a1'));
  if (merged.kind !== 'clean') throw new Error('conflict');
  expect(await hub.setFence({ attemptId: 'a1', number: 2 })).toBe(true);
  expect(await hub.setFence({ attemptId: 'a1', number: 1 })).toBe(false);
  expect(await hub.setFence({ attemptId: 'a1', number: 2 })).toBe(true);
  const move = { from: merged.base, to: merged.commit };
  expect(await hub.moveMain({ fence: { attemptId: 'a1', number: 1 }, ...move })).toBe(false);
  expect(await hub.moveMain({ fence: { attemptId: 'unknown', number: 1 }, ...move })).toBe(false);
  expect(await hub.head()).toBe(merged.base);
  expect(await hub.moveMain({ fence: { attemptId: 'a1', number: 2 }, ...move })).toBe(true);
});

test('I6 what reached main before a crash is seen after it, and is not merged twice', async () => {
  using project = await aProject();
  const { hub, home } = project;
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const main = await mergeToMain(hub, 'a1', commit);
  const again = await openHub({ home, projectId: 'p1', git });
  expect(await again.mergedAs('a1')).toBe(main);
  const merged = await again.merge(commit, of('a1'));
  if (merged.kind !== 'clean') throw new Error('conflict');
  const fence = { attemptId: 'a1', number: 1 };
  expect(await again.moveMain({ fence, from: main, to: merged.commit })).toBe(false);
  expect(await again.head()).toBe(main);
});

test('I6 the lock files of a killed git do not hold up main', async () => {
  using project = await aProject();
  const { hub } = project;
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  write(hub.path, { 'refs/heads/main.lock': '', [`${fenceRef('a2')}.lock`]: 'cut off' });
  expect(await hub.setFence({ attemptId: 'a2', number: 1 })).toBe(true);
  expect(await hub.setFence({ attemptId: 'a2', number: 0 })).toBe(false);
  const main = await mergeToMain(hub, 'a1', commit);
  expect(await hub.head()).toBe(main);
});

test('I10 of several that want to move main at once, each merge is on top of the one before', async () => {
  using project = await aProject();
  const { hub, home } = project;
  const works = [];
  for (const id of ['a1', 'a2', 'a3'])
    works.push({ id, ...(await anAttempt(hub, id, { [`${id}.txt`]: id })) });
  await Promise.all(
    works.map(async ({ id, commit }) => {
      const own = await openHub({ home, projectId: 'p1', git });
      for (let moved = false; !moved;) {
        const merged = await own.merge(commit, of(id));
        if (merged.kind !== 'clean') throw new Error('conflict');
        const fence = { attemptId: id, number: 1 };
        moved = await own.moveMain({ fence, from: merged.base, to: merged.commit });
      }
    }),
  );
  const head = await hub.head();
  for (const { id } of works) expect(await hub.readFile(head, `${id}.txt`)).toBe(id);
  const args = ['rev-list', '--first-parent', '--count', head];
  expect(await git.read({ gitDir: hub.path, args })).toBe('4');
});

test('attempt ids that are no reference names are told apart', async () => {
  using project = await aProject();
  const { hub } = project;
  await hub.setFence({ attemptId: 'run/1:a', number: 5 });
  expect(await hub.setFence({ attemptId: 'run_1_a', number: 1 })).toBe(true);
  const workspace = await hub.open('../../evil', { fresh: true });
  expect(workspace.path.startsWith(join(project.home, 'projects/p1/clones/'))).toBe(true);
});

test('main tells how it came to its newest commit, and of nothing that the user made', async () => {
  using project = await aProject();
  const { hub, user } = project;
  expect(await hub.newestMove()).toBeUndefined();
  const first = await hub.head();
  const files = [{ path: 'PRPs/plans/tasks.md', text: '# Tasks\n' }];
  const written = (await hub.commitFiles({ files, message: 'Plan', expectedHead: first })) ?? '';
  expect(await hub.newestMove()).toBe(written);
  expect(await hub.changeAt(written)).toEqual({
    commit: written,
    parent: first,
    subject: 'Plan',
    attemptId: null,
  });
  const { commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const title = 'Title\n\nHarness-Attempt: a2';
  const merged = await hub.merge(commit, { message: title, attemptId: 'a1', itemKey: 'API-1' });
  if (merged.kind !== 'clean') throw new Error('conflict');
  const fence = { attemptId: 'a1', number: 1 };
  await hub.moveMain({ fence, from: merged.base, to: merged.commit });
  expect(await hub.newestMove()).toBe(merged.commit);
  expect(await hub.changeAt(merged.commit)).toMatchObject({ parent: written, attemptId: 'a1' });
  await hub.land({ directory: user, branch: 'main', expectedOld: null });
  userGit(user, 'commit', '-q', '--allow-empty', '-m', 'by hand');
  expect(await hub.receive(user)).toMatchObject({ kind: 'ahead' });
  expect(await hub.newestMove()).toBe(merged.commit);
});
