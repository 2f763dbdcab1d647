import { join } from 'node:path';
import { execa } from 'execa';
import type { Fence } from '../../src/domain/attempt.ts';
import { findProgram } from '../../src/safety/find-program.ts';
import type { RunStore } from '../../src/work/run-store.ts';
import { OUT_BUNDLE } from '../../src/workspaces/box-commands.ts';
import { createGit } from '../../src/workspaces/git.ts';
import { openHub, type Hub } from '../../src/workspaces/hub.ts';
import type { Workspace } from '../../src/workspaces/workspace.ts';
import type { Arena } from './arena.ts';
import { gitIn } from './git-in.ts';

/** The hub of an arena's project, as a worker opens it. */
export async function hubOf(arena: Arena, projectId: string): Promise<Hub> {
  const gitPath = await findProgram('git', '/usr/local/bin:/usr/bin:/bin');
  if (gitPath === undefined) throw new Error('there is no git');
  return openHub({ home: arena.home, projectId, git: createGit({ gitPath }) });
}

/** Every reference of a project's repositories. */
export async function refsOf(arena: Arena, projectId: string): Promise<string> {
  const folder = join(arena.home, 'projects', projectId);
  const format = '--format=%(objectname) %(refname)';
  const hub = await gitIn(join(folder, 'hub.git'))('for-each-ref', format);
  const attempts = await gitIn(join(folder, 'attempts.git'))('for-each-ref', format);
  return `${hub}\n${attempts}`;
}

/** The newest fence of an attempt in git, which is raised after the one in the database. */
export async function fenceOf(arena: Arena, projectId: string, attemptId: string): Promise<number> {
  const git = gitIn(join(arena.home, 'projects', projectId, 'hub.git'));
  return Number(await git('cat-file', 'blob', `refs/harness/fence/${attemptId}`));
}

/** What each kind of write that carries a fence says to a stale one. */
export const REFUSED = Object.freeze({
  record: false,
  handIn: false,
  touch: false,
  succeeded: false,
  failed: false,
  whileFenced: 'lost',
  effects: 0,
  setFence: false,
  moveMain: false,
  importBundle: 'stale',
});

/** Makes every write that carries a fence, as an execution that was overtaken would make it. */
export async function writeLate(
  { store, hub }: { readonly store: RunStore; readonly hub: Hub },
  fence: Fence,
): Promise<Record<keyof typeof REFUSED, unknown>> {
  const { attempts } = store;
  const attempt = await attempts.get(fence.attemptId);
  if (attempt === undefined) throw new Error('there is no attempt');
  const { id, phase, role, itemKey: item } = attempt;
  const subject = { attempt: id, phase, role, item };
  const note = { type: 'session.noted', subject, kind: 'note', text: 'late' } as const;
  const rules = {
    itemMaxAttempts: 3,
    delayMs: 0,
    events: [note],
    also: () => Promise.resolve(),
  };
  const head = await hub.head();
  const commit = await lateCommit(hub, head);
  const failed = { status: 'failed', code: 'infrastructure', reason: 'late' } as const;
  let effects = 0;
  const effect = async (): Promise<void> => void (effects += 1);
  return {
    record: await attempts.record(fence, [note]),
    handIn: await attempts.handIn(fence, [note]),
    touch: await attempts.touch(fence),
    succeeded: await attempts.close(
      fence,
      { status: 'succeeded', commit: head, text: null },
      rules,
    ),
    failed: await attempts.close(fence, failed, rules),
    whileFenced: await attempts.whileFenced(fence, effect),
    effects,
    setFence: await hub.setFence(fence),
    moveMain: await hub.moveMain({ fence, from: head, to: commit }),
    importBundle: (await hub.importBundle(await lateBundle(hub, commit), fence)).kind,
  };
}

/** A change on top of main that nobody asked for, where attempts have theirs. */
async function lateCommit(hub: Hub, head: string): Promise<string> {
  const git = gitIn(join(hub.path, '..', 'attempts.git'));
  const { stdout: blob } = await execa({
    input: 'late\n',
  })`git --git-dir ${join(hub.path, '..', 'attempts.git')} hash-object -w --stdin`;
  const { stdout: tree } = await execa({
    input: `100644 blob ${blob}\tlate.txt\n`,
  })`git --git-dir ${join(hub.path, '..', 'attempts.git')} mktree`;
  return (await git(...AUTHOR, 'commit-tree', tree, '-p', head, '-m', 'late')).trim();
}

const AUTHOR = ['-c', 'user.name=late', '-c', 'user.email=late@localhost'];

/** What a box leaves of such a commit, in a folder beside the clones. */
async function lateBundle(hub: Hub, commit: string): Promise<Workspace> {
  const path = join(hub.path, '..', 'scratch', 'late');
  const attempts = join(hub.path, '..', 'attempts.git');
  await execa`git init -q ${path}`;
  const git = gitIn(join(path, '.git'));
  await git('fetch', '-q', '--no-tags', attempts, `${commit}:refs/harness/out`);
  const base = (await git('rev-parse', `${commit}^`)).trim();
  const bundle = join(path, '.git', OUT_BUNDLE);
  await git('bundle', 'create', '-q', bundle, `${base}..refs/harness/out`);
  return { attemptId: 'late', path, base, objects: [join(hub.path, 'objects')] };
}
