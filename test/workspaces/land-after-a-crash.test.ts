import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { createGit } from '../../src/workspaces/git.ts';
import { openHub } from '../../src/workspaces/hub.ts';
import {
  aProject,
  anAttempt,
  mergeToMain,
  userGit,
  write,
  type AProject,
  PATIENCE_MS,
} from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

async function withWork(): Promise<AProject & { readonly main: string }> {
  const project = await aProject({ 'a.txt': 'one\n', 'z.txt': 'z\n' });
  const { commit } = await anAttempt(project.hub, 'a1', {
    'a.txt': 'two\n',
    'sub/new.txt': 'new\n',
  });
  return { ...project, main: await mergeToMain(project.hub, 'a1', commit) };
}

/** What a landing leaves in the data folder and the repository when it is killed at its first step. */
function interrupted({ home, user, main }: AProject & { readonly main: string }): void {
  const gitDir = join(user, '.git');
  const from = userGit(user, 'rev-parse', 'HEAD');
  const note = { gitDir, workTree: user, ref: 'refs/heads/main', pins: [], from, to: main };
  write(home, { 'projects/p1/locks/landing.json': JSON.stringify(note) });
  write(user, { '.git/index.lock': 'held by harness while it lands\n' });
}

const land = ({ hub, user }: AProject) =>
  hub.land({ directory: user, branch: 'main', expectedOld: null });

test('I6 files half written by a killed landing are finished by the next', async () => {
  using project = await withWork();
  const { hub, user, main } = project;
  const from = userGit(user, 'rev-parse', 'HEAD');
  await land(project);
  userGit(user, 'reset', '-q', '--hard', from);
  interrupted(project);
  write(user, { 'a.txt': 'tw', 'sub/new.txt': '' });
  expect(await hub.land({ directory: user, branch: 'main', expectedOld: null })).toEqual({
    kind: 'current',
    commit: main,
  });
  expect(userGit(user, 'rev-parse', 'HEAD')).toBe(main);
  expect(userGit(user, 'status', '--porcelain')).toBe('');
  expect(readFileSync(join(user, 'a.txt'), 'utf8')).toBe('two\n');
});

test('a file that a person changed after the crash stays, and landing is delayed', async () => {
  using project = await withWork();
  const { user } = project;
  interrupted(project);
  write(user, { 'z.txt': 'by hand\n' });
  expect(await land(project)).toMatchObject({ kind: 'delayed' });
  expect(readFileSync(join(user, 'z.txt'), 'utf8')).toBe('by hand\n');
  expect(existsSync(join(user, '.git/index.lock'))).toBe(false);
});

/** A git that kills the process which called it, before or after one certain command. */
function murderousGit(root: string, command: string, when: 'before' | 'after'): string {
  const path = join(root, 'git');
  const kill = 'kill -9 $PPID; exit 1';
  writeFileSync(
    path,
    `#!/bin/sh
case " $* " in
  *" ${command} "*) ${when === 'before' ? kill : `/usr/bin/git "$@"; ${kill}`} ;;
  *) exec /usr/bin/git "$@" ;;
esac
`,
  );
  chmodSync(path, 0o755);
  return path;
}

test.each([
  ['read-tree -m -u', 'before'],
  ['read-tree -m -u', 'after'],
  ['update-ref -m', 'after'],
] as const)('I6 a landing killed at %s (%s) is completed by the next', async (command, when) => {
  using project = await withWork();
  const { root, home, user, main } = project;
  const gitPath = murderousGit(root, command, when);
  const source = new URL('../../src/workspaces/', import.meta.url);
  const script = `
    const { createGit } = await import('${new URL('git.ts', source).href}');
    const { openHub } = await import('${new URL('hub.ts', source).href}');
    const git = createGit({ gitPath: '${gitPath}' });
    const hub = await openHub({ home: '${home}', projectId: 'p1', git });
    await hub.land({ directory: '${user}', branch: 'main', expectedOld: null });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  // The dead holder's lock would be stale after ten seconds.
  rmSync(join(home, 'projects/p1/locks/land.lock'), { recursive: true });
  expect(['landed', 'current']).toContain((await land(project)).kind);
  expect(userGit(user, 'rev-parse', 'HEAD')).toBe(main);
  expect(userGit(user, 'status', '--porcelain')).toBe('');
  expect(existsSync(join(user, '.git/index.lock'))).toBe(false);
});

test('a landing that another process finished meanwhile is not taken back', async () => {
  using project = await withWork();
  const { home, root, user, main } = project;
  // Whoever took this process for dead moves the branch just before it does.
  const slow = join(root, 'git');
  writeFileSync(
    slow,
    '#!/bin/sh\ncase "$*" in *"harness: land"*) /usr/bin/git "$@";; esac\nexec /usr/bin/git "$@"\n',
  );
  chmodSync(slow, 0o755);
  const hub = await openHub({ home, projectId: 'p1', git: createGit({ gitPath: slow }) });
  const landed = await hub.land({ directory: user, branch: 'main', expectedOld: null });
  expect(landed).toEqual({ kind: 'landed', commit: main });
  expect(userGit(user, 'status', '--porcelain')).toBe('');
  expect(readFileSync(join(user, 'a.txt'), 'utf8')).toBe('two\n');
});
