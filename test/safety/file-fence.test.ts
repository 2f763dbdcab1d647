import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fenceFault } from '../../src/safety/fence/fence.ts';

const OUTSIDE = '/var/lib/elsewhere';
let root = '';
let workspace = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'fence-')));
  workspace = join(root, 'workspace');
  await mkdir(join(workspace, 'src'), { recursive: true });
  await mkdir(join(workspace, '.git/hooks'), { recursive: true });
  await mkdir(join(root, 'beside'));
  await writeFile(join(workspace, 'src/a.ts'), '');
  await writeFile(join(workspace, '.git/config'), '');
  await writeFile(join(root, 'beside/secret'), '');
  await link(join(workspace, '.git/config'), join(workspace, 'second-name'));
  execFileSync('mkfifo', [join(workspace, 'pipe')]);
  await symlink('src', join(workspace, 'inner'));
  await symlink('/etc', join(workspace, 'etc'));
  await symlink(`${OUTSIDE}/new.txt`, join(workspace, 'dangling'));
  await symlink('.git', join(workspace, 'innocent'));
  await symlink('.git/hooks', join(workspace, 'deep'));
  await symlink('../beside', join(workspace, 'beside'));
  await symlink('etc/passwd', join(workspace, 'chain'));
  await symlink('loop-b', join(workspace, 'loop-a'));
  await symlink('loop-a', join(workspace, 'loop-b'));
  await symlink(join(workspace, 'src'), join(workspace, 'absolute'));
  await symlink(workspace, join(root, 'alias'));
});
afterAll(async () => rm(root, { recursive: true }));

function faultOf(tool: string, input: unknown, named = workspace): string | null {
  const place = { workspace: named, configDir: '/data/config', scratch: '/scratch' };
  const protectedPaths = ['.github/workflows/**', '.npmrc', 'ci/*.yml'];
  return fenceFault({ ...place, readable: ['/usr'], protectedPaths }, { tool, input });
}

test.each([
  ['Write', { file_path: 'src/new.ts' }],
  ['Edit', { file_path: './src/../src/a.ts' }],
  ['Write', { file_path: 'inner/deep/new.ts' }],
  ['Write', { file_path: 'absolute/new.ts' }],
  ['Write', { file_path: '.gitignore' }],
  ['Write', { file_path: 'docs/ci/x.yml' }],
  ['Write', { file_path: 'Großes Bild — 日本.md' }],
  ['Write', { file_path: '/scratch/a.txt' }],
  ['NotebookEdit', { notebook_path: 'src/a.ipynb' }],
  ['Read', { file_path: '/usr/include/stdio.h' }],
  ['Read', { file_path: '/data/config/projects/x/tool-results/1.txt' }],
  ['Read', { file_path: '.git/config' }],
  ['Read', { file_path: 'second-name' }],
  ['Glob', { pattern: '**/*.ts' }],
  ['Glob', { pattern: '*.ts', path: 'src' }],
  ['Glob', { pattern: 'src/{a,b..c}.ts' }],
  ['Grep', { pattern: '../etc/passwd' }],
  ['Bash', { command: 'cat /etc/passwd' }],
  ['mcp__browser__navigate', { url: 'http://127.0.0.1:3000/etc/passwd' }],
  ['mcp__browser__screenshot', { filename: 'shots/1.png' }],
  ['mcp__browser__screenshot', { filename: '/scratch/1.png' }],
  ['mcp__browser__click', { target: 'button', element: '/login' }],
  ['mcp__tracker__report', { kind: 'note', text: '/etc/hosts is read by the resolver' }],
  ['mcp__x__none', null],
])('%s %j is none of its business or inside', (tool, input) => {
  expect(faultOf(tool, input)).toBeNull();
});

test.each([
  ['Write', { file_path: `${OUTSIDE}/a` }],
  ['Write', { file_path: '../a' }],
  ['Write', { file_path: '/usr/a' }],
  ['Write', { file_path: '/data/config/settings.json' }],
  ['Write', { file_path: 'etc/cron.d/x' }],
  ['Write', { file_path: 'dangling' }],
  ['Write', { file_path: '~/x' }],
  ['Write', { file_path: '~root/x' }],
  ['Write', { file_path: 'a\0b' }],
  ['Write', { file_path: 'a\u001b]0;x\u0007' }],
  ['Write', { file_path: 'safe\u202Etxt.sh' }],
  ['Write', { file_path: 'a\uD800' }],
  ['Write', { file_path: 'a/'.repeat(3000) }],
  ['Write', {}],
  ['Write', { file_path: 3 }],
  ['Write', null],
  ['Write', { file_path: 'pipe' }],
  ['Write', { file_path: 'second-name' }],
  ['Write', { file_path: 'loop-a/x' }],
  ['Write', { file_path: 'beside/x' }],
  ['Write', { file_path: 'inner/../../x' }],
  ['Edit', { file_path: 'src/../../x' }],
  ['NotebookEdit', { notebook_path: '/etc/a.ipynb' }],
  ['Read', { file_path: '/etc/passwd' }],
  ['Read', { file_path: 'etc/passwd' }],
  ['Read', { file_path: 'etc/../etc/passwd' }],
  ['Read', { file_path: 'chain' }],
  ['Read', { file_path: 'beside/secret' }],
  ['Read', { file_path: 'pipe' }],
  ['Read', { file_path: '/usr/../etc/passwd' }],
  ['Read', { file_path: '/usrlocal/x' }],
  ['Read', { file_path: '/proc/self/environ' }],
  ['Read', { file_path: '/proc/self/root/etc/passwd' }],
  ['Read', { file_path: '/dev/fd/0' }],
  ['Glob', { pattern: '/etc/*' }],
  ['Glob', { pattern: 'src/../../*' }],
  ['Glob', { pattern: '{src,..}/*' }],
  ['Glob', { pattern: '{/etc,src}/*' }],
  ['Glob', { pattern: 'beside/*' }],
  ['Glob', { pattern: '*', path: '/' }],
  ['Grep', { pattern: 'root', path: '/etc' }],
  ['mcp__files__read', { path: '/etc/passwd' }],
  ['mcp__files__read', { paths: ['src/a.ts', '../beside/secret'] }],
  ['mcp__files__move', { options: { outputDir: 'etc' } }],
  ['mcp__files__read', { whatever: '/etc/passwd' }],
  ['mcp__files__read', { whatever: '~/.ssh/id_rsa' }],
  ['mcp__browser__navigate', { url: 'file:///etc/passwd' }],
  ['mcp__browser__navigate', { url: ' FILE://localhost/etc/passwd' }],
  ['mcp__browser__navigate', { url: 'file://elsewhere/etc/passwd' }],
  ['mcp__browser__screenshot', { filename: '.git/hooks/pre-commit' }],
  ['Unknown', { file_path: '/etc/passwd' }],
])('I8 %s %j is refused', (tool, input) => {
  expect(faultOf(tool, input)).not.toBeNull();
});

test.each([
  '.git/hooks/pre-commit',
  '.GIT/config',
  'sub/.git/config',
  'src/../.git/config',
  '.git',
  '.git./config',
  'git~1/config',
  'innocent/config',
  'deep/../config',
  'deep/pre-commit',
  '.gitmodules',
])('I8 nothing writes into git: %s', (path) => {
  expect(faultOf('Write', { file_path: path })).toContain('belongs to git');
});

test.each([
  '.claude/settings.json',
  '.claude',
  '.Claude/settings.json',
  '.mcp.json',
  '.claude_settings.json',
  '.orchestrator_state.json',
  '.linear_project.json',
  '.work_items.json',
  '.harness/logs/x',
  '.github/workflows/ci.yml',
  '.github/workflows',
  '.npmrc',
  'ci/build.yml',
])('I4 only a person may change %s', (path) => {
  expect(faultOf('Write', { file_path: path })).toContain('is protected');
  expect(faultOf('Read', { file_path: path })).toBeNull();
});

test('a workspace known by another name is the same place', () => {
  const alias = join(root, 'alias');
  const written = [
    'src/a.ts',
    join(alias, 'src/a.ts'),
    join(workspace, 'src/a.ts'),
    join(alias, 'absolute/b.ts'),
  ];
  for (const path of written) expect(faultOf('Write', { file_path: path }, alias)).toBeNull();
  expect(faultOf('Write', { file_path: join(alias, '.git/x') }, alias)).toContain('belongs to git');
  expect(faultOf('Write', { file_path: join(alias, '../beside/x') }, alias)).toContain('outside');
});

test('input nested without end is refused, and a workspace that is gone is no reason to allow', () => {
  let nested: unknown = 'x';
  for (let depth = 0; depth < 100; depth += 1) nested = { nested };
  expect(faultOf('mcp__x__y', nested)).toContain('nested');
  expect(() => faultOf('Write', { file_path: 'a' }, join(root, 'gone'))).toThrow(/ENOENT/u);
});
