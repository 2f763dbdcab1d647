import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { commitCommand } from '../../src/workspaces/box-commands.ts';
import type { Workspace } from '../../src/workspaces/workspace.ts';
import { aProject, git, inBox, PATIENCE_MS, userGit, write, type AProject } from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

const FENCE = { attemptId: 'a1', number: 1 };

async function opened({ hub }: AProject): Promise<Workspace> {
  await hub.setFence(FENCE);
  return hub.open('a1', { fresh: true });
}

function commit({ path }: Workspace, name: string): string {
  write(path, { [name]: name });
  userGit(path, 'add', '-A');
  userGit(path, 'commit', '-q', '-m', name);
  return userGit(path, 'rev-parse', 'HEAD');
}

/** Commits and imports as the engine does. */
async function handIn({ hub }: AProject, workspace: Workspace) {
  expect(await inBox(commitCommand(workspace, 'work'))).toMatchObject({ exit: 0 });
  const taken = await hub.importBundle(workspace, FENCE);
  if (taken.kind !== 'imported') throw new Error(JSON.stringify(taken));
  return taken;
}

async function isReachable({ attempts }: AProject, name: string, ref: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', name, ref];
  return (await git.run({ gitDir: attempts, args })).exit === 0;
}

test('I1 what was handed in whole leaves nothing to bundle', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  commit(workspace, 'b.txt');
  commit(workspace, 'c.txt');
  const taken = await handIn(project, workspace);
  expect(taken.asItWas).toBe(true);
  expect(existsSync(join(workspace.path, '.git/rescue.bundle'))).toBe(false);
  const order = { kind: 'left over', saved: taken.commit, bundled: true };
  expect(await project.hub.rescue(workspace, order)).toBeNull();
});

test('I1 other branches, stashes and dropped commits are saved by the run that hands in', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const { path } = workspace;
  const dropped = commit(workspace, 'dropped');
  userGit(path, 'reset', '-q', '--hard', 'HEAD~1');
  userGit(path, 'switch', '-q', '-c', 'side');
  const side = commit(workspace, 'side');
  userGit(path, 'switch', '-q', 'work');
  write(path, { 'a.txt': 'stashed' });
  userGit(path, 'stash', '-q');
  // What lies in the way of the bundles changes nothing.
  write(path, { '.git/rescue.bundle/x': '', '.git/out.bundle/x': '' });
  const stash = userGit(path, 'rev-parse', 'refs/stash');
  commit(workspace, 'b.txt');
  const { commit: saved } = await handIn(project, workspace);
  const order = { kind: 'left over', saved, bundled: true };
  const rescued = await project.hub.rescue(workspace, order);
  for (const one of [dropped, side, stash, saved])
    expect(await isReachable(project, one, rescued?.ref ?? '')).toBe(true);
});

test('I1 commits that could not be bundled are kept as the files of the git folder', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const { path } = workspace;
  userGit(path, 'switch', '-q', '-c', 'side');
  const side = commit(workspace, 'side');
  const blob = userGit(path, 'rev-parse', 'side:side');
  userGit(path, 'switch', '-q', 'work');
  rmSync(join(path, '.git/objects', blob.slice(0, 2), blob.slice(2)));
  commit(workspace, 'b.txt');
  const { commit: saved } = await handIn(project, workspace);
  const order = { kind: 'left over', saved, bundled: true };
  const rescued = await project.hub.rescue(workspace, order);
  const place = join(project.root, 'restored');
  await project.hub.restoreRescue(rescued?.ref ?? '', place);
  const object = `.git.rescued/objects/${side.slice(0, 2)}/${side.slice(2)}`;
  expect(existsSync(join(place, object))).toBe(true);
});

test('I1 a history that had to be left out is not called handed in as it was', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const { path } = workspace;
  const entry = `160000,${workspace.base},module`;
  userGit(path, 'update-index', '--add', '--cacheinfo', entry);
  userGit(path, 'commit', '-q', '-m', 'gitlink');
  const tip = commit(workspace, 'b.txt');
  const taken = await handIn(project, workspace);
  expect(taken.asItWas).toBe(false);
  const order = { kind: 'left over', saved: taken.commit, bundled: taken.asItWas, runInBox: inBox };
  const rescued = await project.hub.rescue(workspace, order);
  expect(await isReachable(project, tip, rescued?.ref ?? '')).toBe(true);
});

test('a bundle whose tip is no commit, or is missing, is refused', async () => {
  using project = await aProject();
  const workspace = await opened(project);
  const { path } = workspace;
  const made = commit(workspace, 'b.txt');
  const blob = userGit(path, 'rev-parse', 'HEAD:b.txt');
  userGit(path, 'bundle', 'create', '-q', '.git/whole', `${workspace.base}..work`);
  for (const tip of [blob, '1'.repeat(40)]) {
    const script = `sed "s/^${made}/${tip}/" .git/whole > .git/out.bundle`;
    expect((await inBox(['sh', '-c', `cd '${path}' && ${script}`])).exit).toBe(0);
    expect(await project.hub.importBundle(workspace, FENCE)).toMatchObject({ kind: 'refused' });
  }
  writeFileSync(join(path, '.git/out.bundle'), '');
  expect(await project.hub.importBundle(workspace, FENCE)).toMatchObject({ kind: 'refused' });
});
