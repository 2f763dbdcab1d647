import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { bundleAllCommand } from '../../src/workspaces/box-commands.ts';
import { aProject, anAttempt, git, inBox, userGit, write, PATIENCE_MS } from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

const fails = async (): Promise<{ exit: number }> => ({ exit: 1 });

test('I1 an untouched clone has nothing to rescue and may be removed', async () => {
  using project = await aProject({ 'a.txt': 'one\n', 'lib/b.txt': 'two\n' });
  const workspace = await project.hub.open('a1', { fresh: true });
  expect(await project.hub.rescue(workspace, { kind: 'failed', runInBox: inBox })).toBeNull();
  await project.hub.remove(workspace, null);
  expect(existsSync(workspace.path)).toBe(false);
});

test('I1 every file comes back: ignored, nested, oddly named, linked, executable, deep', async () => {
  using project = await aProject({
    'a.txt': 'one\n',
    'gone.txt': 'x',
    '.gitignore': '*.log\nsecret/\n',
  });
  const { hub, root } = project;
  const workspace = await hub.open('a1', { fresh: true });
  const at = (path: string): string => join(workspace.path, path);
  const deep = Array.from({ length: 150 }, (_, level) => `level-${level}-with-a-long-name`).join(
    '/',
  );
  write(workspace.path, {
    'a.txt': 'changed\n',
    'run.log': 'ignored',
    'secret/key': 'ignored folder',
    '-rf': 'dash',
    'new\nline "quoted" \\back': 'newline',
    'ünï/日本.txt': 'unicode',
    'a folder/.hidden': '',
    'tool.sh': '#!/bin/sh\n',
    '.GIT': 'a file of that name',
  });
  const bytes = Buffer.concat([Buffer.from(`${workspace.path}/`), Buffer.from([0xff, 0xfe, 0x2e])]);
  writeFileSync(bytes, 'no text');
  chmodSync(at('tool.sh'), 0o755);
  symlinkSync('/etc/passwd', at('out'));
  symlinkSync('a folder', at('in'));
  rmSync(at('gone.txt'));
  execFileSync(
    'sh',
    [
      '-c',
      'for d in $(echo "$1" | tr / " "); do mkdir "$d"; cd -P "$d" || exit 1; done; echo deep > leaf',
      'sh',
      deep,
    ],
    { cwd: workspace.path },
  );
  mkdirSync(at('app'));
  userGit(at('app'), 'init', '-q');
  write(at('app'), { 'main.js': 'nested' });
  userGit(at('app'), 'add', '-A');
  userGit(at('app'), 'commit', '-q', '-m', 'nested');

  const rescued = await hub.rescue(workspace, { kind: 'failed', runInBox: inBox });
  expect(rescued?.skipped).toEqual([]);
  const tree = `${rescued?.ref ?? ''}^{tree}`;
  const stored = await git.read({
    gitDir: project.attempts,
    args: ['ls-tree', '-r', '--name-only', '-z', tree],
  });
  expect(stored.split('\0')).toContain(`${deep}/leaf`);
  const shallow = await git.read({
    gitDir: project.attempts,
    args: ['rev-parse', `${rescued?.ref ?? ''}:app`],
  });
  expect(shallow).not.toBe('');

  const place = join(root, 'restored');
  rmSync(at('level-0-with-a-long-name'), { recursive: true });
  const again = await hub.rescue(workspace, { kind: 'failed', runInBox: inBox });
  await hub.restoreRescue(again?.ref ?? '', place);
  const read = (path: string): string => readFileSync(join(place, path), 'utf8');
  expect(read('a.txt')).toBe('changed\n');
  expect(read('run.log')).toBe('ignored');
  expect(read('secret/key')).toBe('ignored folder');
  expect(read('-rf')).toBe('dash');
  expect(read('new\nline "quoted" \\back')).toBe('newline');
  expect(read('ünï/日本.txt')).toBe('unicode');
  expect(read('a folder/.hidden')).toBe('');
  expect(read('.GIT.rescued')).toBe('a file of that name');
  expect(statSync(join(place, 'tool.sh')).mode & 0o111).not.toBe(0);
  expect(readlinkSync(join(place, 'out'))).toBe('/etc/passwd');
  expect(readlinkSync(join(place, 'in'))).toBe('a folder');
  expect(existsSync(join(place, 'gone.txt'))).toBe(false);
  expect(read('app/main.js')).toBe('nested');
  expect(readdirSync(join(place, 'app/.git.rescued'))).toContain('objects');
  expect(readdirSync(Buffer.from(place), 'buffer').some((name) => name[0] === 0xff)).toBe(true);
  expect((await hub.listRescues()).map(({ ref }) => ref)).toEqual([rescued?.ref, again?.ref]);
});

test('I1 what is left out is listed: declared folders, big files, pipes', async () => {
  using project = await aProject({ 'a.txt': 'one\n', 'build/make.sh': 'tracked' });
  const { hub } = project;
  const workspace = await hub.open('a1', { fresh: true });
  write(workspace.path, {
    'node_modules/x/index.js': '',
    'sub/dist/x.js': '',
    'build/make.sh': 'changed although in a folder called build',
    'big.bin': '',
  });
  truncateSync(join(workspace.path, 'big.bin'), 60 * 1024 * 1024);
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(workspace.path, 'pipe')]);
  const rescued = await hub.rescue(workspace, { kind: 'stalled', runInBox: inBox });
  expect(rescued?.files).toBe(1);
  expect([...(rescued?.skipped ?? [])].toSorted()).toEqual([
    'big.bin (62914560 bytes)',
    'node_modules/',
    expect.stringMatching(/^pipe \(no file: mode 1/),
    'sub/dist/',
  ]);
  expect((await hub.listRescues())[0]?.skipped).toEqual(rescued?.skipped);
});

test('I1 what lies deeper than folders can be followed is listed, and removed', async () => {
  using project = await aProject();
  const { hub } = project;
  const workspace = await hub.open('a1', { fresh: true });
  const script =
    'i=0; while [ $i -lt 450 ]; do mkdir d && cd -P d || exit 1; i=$((i+1)); done; echo x > x';
  execFileSync('sh', ['-c', script], { cwd: workspace.path });
  const rescued = await hub.rescue(workspace, { kind: 'failed', runInBox: inBox });
  expect(rescued?.skipped).toEqual([expect.stringMatching(/^d\/d\/.*\(too deep\)$/)]);
  await hub.remove(workspace, rescued);
  expect(existsSync(workspace.path)).toBe(false);
});

test('I1 a file with the size and times of the original is still seen as changed', async () => {
  using project = await aProject({ 'a.txt': 'one\n' });
  const workspace = await project.hub.open('a1', { fresh: true });
  const path = join(workspace.path, 'a.txt');
  execFileSync(
    'sh',
    ['-c', 'touch -r "$1" ref; printf "two\\n" > "$1"; touch -r ref "$1"; rm ref', 'sh', path],
    { cwd: workspace.path },
  );
  const rescued = await project.hub.rescue(workspace, { kind: 'failed', runInBox: inBox });
  expect(rescued?.files).toBe(1);
});

test('I1 commits, stashes and dropped commits of the clone stay reachable', async () => {
  using project = await aProject();
  const { hub, attempts } = project;
  const workspace = await hub.open('a1', { fresh: true });
  const commit = (name: string): string => {
    write(workspace.path, { [name]: name });
    userGit(workspace.path, 'add', '-A');
    userGit(workspace.path, 'commit', '-q', '-m', name);
    return userGit(workspace.path, 'rev-parse', 'HEAD');
  };
  const dropped = commit('dropped');
  userGit(workspace.path, 'reset', '-q', '--hard', 'HEAD~1');
  userGit(workspace.path, 'switch', '-q', '-c', 'side');
  const side = commit('side');
  userGit(workspace.path, 'switch', '-q', 'work');
  const rescued = await hub.rescue(workspace, { kind: 'failed', runInBox: inBox });
  for (const one of [dropped, side]) {
    const args = ['merge-base', '--is-ancestor', one, rescued?.ref ?? ''];
    expect((await git.run({ gitDir: attempts, args })).exit).toBe(0);
  }
});

test("I1 when no box runs, the clone's own git folder is kept as files", async () => {
  using project = await aProject();
  const { hub, root } = project;
  const workspace = await hub.open('a1', { fresh: true });
  userGit(workspace.path, 'commit', '-q', '--allow-empty', '-m', 'only here');
  const head = userGit(workspace.path, 'rev-parse', 'HEAD');
  const rescued = await hub.rescue(workspace, { kind: 'failed', runInBox: fails });
  const place = join(root, 'restored');
  await hub.restoreRescue(rescued?.ref ?? '', place);
  const object = `.git.rescued/objects/${head.slice(0, 2)}/${head.slice(2)}`;
  expect(existsSync(join(place, object))).toBe(true);
});

test('I1 what was imported already is not rescued again, what git ignores is', async () => {
  using project = await aProject({ '.gitignore': '*.log\n' });
  const { hub } = project;
  const { workspace, commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const order = { kind: 'left_over', saved: commit, runInBox: inBox };
  expect(await hub.rescue(workspace, order)).toBeNull();
  write(workspace.path, { 'run.log': 'ignored' });
  expect(await hub.rescue(workspace, order)).toMatchObject({ files: 1 });
});

test('I1 a clone whose work is not shown to be saved is not removed', async () => {
  using project = await aProject();
  const { hub } = project;
  const { workspace, commit } = await anAttempt(hub, 'a1', { 'b.txt': 'b\n' });
  const other = await anAttempt(hub, 'a2', { 'c.txt': 'c\n' });
  const refused = { code: 'WORK_NOT_SAVED' };
  await expect(hub.remove(workspace, null)).rejects.toMatchObject(refused);
  await expect(hub.remove(workspace, other.commit)).rejects.toMatchObject(refused);
  const invented = { ref: 'refs/harness/rescue/a1/7', files: 1, skipped: [] };
  await expect(hub.remove(workspace, invented)).rejects.toMatchObject(refused);
  expect(existsSync(workspace.path)).toBe(true);
  await hub.remove(workspace, commit);
  expect(existsSync(workspace.path)).toBe(false);
  await hub.remove(workspace, commit);
});

test('I1 folders that forbid everything are read, and removed', async () => {
  using project = await aProject();
  const { hub, root } = project;
  const workspace = await hub.open('a1', { fresh: true });
  write(workspace.path, { 'closed/inner/file': 'here', setuid: 'x' });
  chmodSync(join(workspace.path, 'closed/inner/file'), 0);
  chmodSync(join(workspace.path, 'closed/inner'), 0);
  chmodSync(join(workspace.path, 'closed'), 0);
  chmodSync(join(workspace.path, 'setuid'), 0o4755);
  const rescued = await hub.rescue(workspace, { kind: 'failed', runInBox: inBox });
  expect(rescued).toMatchObject({ files: 2, skipped: [] });
  await hub.remove(workspace, rescued);
  expect(existsSync(workspace.path)).toBe(false);
  await hub.restoreRescue(rescued?.ref ?? '', join(root, 'restored'));
  expect(readFileSync(join(root, 'restored/closed/inner/file'), 'utf8')).toBe('here');
});

test('I1 a file that became a folder, and a folder that became a file, are both kept', async () => {
  using project = await aProject({ a: 'file', 'b/c': 'in folder' });
  const { hub, root } = project;
  const workspace = await hub.open('a1', { fresh: true });
  rmSync(join(workspace.path, 'a'));
  rmSync(join(workspace.path, 'b'), { recursive: true });
  write(workspace.path, { 'a/inside': 'now a folder', b: 'now a file' });
  const rescued = await hub.rescue(workspace, { kind: 'failed', runInBox: inBox });
  await hub.restoreRescue(rescued?.ref ?? '', join(root, 'restored'));
  expect(readFileSync(join(root, 'restored/a/inside'), 'utf8')).toBe('now a folder');
  expect(readFileSync(join(root, 'restored/b'), 'utf8')).toBe('now a file');
});

test('I1 two rescues of one attempt at once both stay', async () => {
  using project = await aProject();
  const { hub } = project;
  const workspace = await hub.open('a1', { fresh: true });
  write(workspace.path, { 'b.txt': 'b' });
  const both = await Promise.all(
    ['stalled', 'aborted'].map((kind) => hub.rescue(workspace, { kind, runInBox: inBox })),
  );
  expect(new Set(both.map((one) => one?.ref)).size).toBe(2);
  expect(await hub.listRescues()).toHaveLength(2);
});

test('a symlinked .git leads the import nowhere', async () => {
  using project = await aProject();
  const { hub, root } = project;
  const workspace = await hub.open('a1', { fresh: true });
  write(workspace.path, { 'b.txt': 'b' });
  expect((await inBox(bundleAllCommand(workspace))).exit).toBe(0);
  mkdirSync(join(root, 'elsewhere'));
  rmSync(join(workspace.path, '.git'), { recursive: true });
  symlinkSync(join(root, 'elsewhere'), join(workspace.path, '.git'));
  write(root, { 'elsewhere/out.bundle': '# v2 git bundle\n' });
  const fence = { attemptId: 'a1', number: 1 };
  await hub.setFence(fence);
  expect(await hub.importBundle(workspace, fence)).toEqual({ kind: 'unchanged' });
  expect(await hub.rescue(workspace, { kind: 'failed', runInBox: fails })).toMatchObject({
    files: 2,
  });
});
