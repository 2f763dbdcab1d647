import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGit, type Git } from '../../src/workspaces/git.ts';
import { openHub, type Hub } from '../../src/workspaces/hub.ts';
import type { Workspace } from '../../src/workspaces/workspace.ts';
import { commitCommand } from '../../src/workspaces/box-commands.ts';

export const git: Git = createGit({ gitPath: '/usr/bin/git' });

const USER_ENVIRONMENT = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** For tests of many git processes, on a machine that has others to run. */
export const PATIENCE_MS = 60_000;

/** A person's own git, with hooks and filters of the repository as usual. */
export function userGit(directory: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org'];
  const env = USER_ENVIRONMENT;
  const options = { cwd: directory, env, encoding: 'utf8' as const, stdio: 'pipe' as const };
  return execFileSync('/usr/bin/git', [...identity, ...args], options).trim();
}

export function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A repository on main with one commit of these files. */
export function makeRepository(path: string, files: Readonly<Record<string, string>>): void {
  write(path, files);
  const script = `git init -q -b main && git add -A &&
    git -c user.name=ann -c user.email=ann@example.org commit -q -m first`;
  execFileSync('sh', ['-c', script], { cwd: path, env: USER_ENVIRONMENT });
}

export interface AProject {
  readonly root: string;
  readonly home: string;
  /** The user's repository. */
  readonly user: string;
  readonly hub: Hub;
  /** The bare repository of attempts and rescues. */
  readonly attempts: string;
  [Symbol.dispose](): void;
}

/** A user's repository with these files, received by a hub of its own. */
export async function aProject(
  files: Readonly<Record<string, string>> = { 'a.txt': 'one\n' },
): Promise<AProject> {
  const root = mkdtempSync(join(tmpdir(), 'harness-workspaces-'));
  const [home, user] = [join(root, 'home'), join(root, 'user')];
  mkdirSync(user);
  makeRepository(user, files);
  const hub = await openHub({ home, projectId: 'p1', git });
  await hub.receive(user);
  const attempts = join(dirname(hub.path), 'attempts.git');
  const dispose = (): void => rmSync(root, { recursive: true, force: true });
  return { root, home, user, hub, attempts, [Symbol.dispose]: dispose };
}

/** Runs what belongs in a box in a plain process; these tests are about what comes out of it. */
export async function inBox(command: readonly string[]): Promise<{ exit: number; output: string }> {
  const [program = '', ...args] = command;
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent' };
  try {
    const output = execFileSync(program, args, { env, encoding: 'utf8', stdio: 'pipe' });
    return { exit: 0, output };
  } catch (error) {
    return { exit: 1, output: String(error) };
  }
}

/** An attempt that wrote these files, committed, imported under fence 1. */
export async function anAttempt(
  hub: Hub,
  attemptId: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly workspace: Workspace; readonly commit: string }> {
  return workIn(hub, await hub.open(attemptId, { fresh: true }), files);
}

/** Goes on in a workspace: writes these files, commits and imports under fence 1. */
export async function workIn(
  hub: Hub,
  workspace: Workspace,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly workspace: Workspace; readonly commit: string }> {
  const { attemptId } = workspace;
  write(workspace.path, files);
  await hub.setFence({ attemptId, number: 1 });
  const committed = await inBox(commitCommand(workspace, `work of ${attemptId}`));
  if (committed.exit !== 0) throw new Error(committed.output);
  const taken = await hub.importBundle(workspace, { attemptId, number: 1 });
  if (taken.kind !== 'imported') throw new Error(`not imported: ${JSON.stringify(taken)}`);
  return { workspace, commit: taken.commit };
}

/** Merges an imported commit and moves main. */
export async function mergeToMain(hub: Hub, attemptId: string, commit: string): Promise<string> {
  const merged = await hub.merge(commit, { message: 'merge', attemptId, itemKey: null });
  if (merged.kind !== 'clean') throw new Error(`conflict in ${merged.files.join(', ')}`);
  const fence = { attemptId, number: 1 };
  if (!(await hub.moveMain({ fence, from: merged.base, to: merged.commit }))) {
    throw new Error('main moved meanwhile');
  }
  return merged.commit;
}
