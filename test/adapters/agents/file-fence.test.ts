import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fenceFault } from '../../../src/adapters/agents/claude/fence.ts';

const OUTSIDE = '/var/lib/elsewhere';
let root = '';
let workspace = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'fence-')));
  workspace = join(root, 'workspace');
  await mkdir(join(workspace, 'src'), { recursive: true });
  await writeFile(join(workspace, 'src/a.ts'), '');
  await symlink('src', join(workspace, 'inner'));
  await symlink('/etc', join(workspace, 'etc'));
  await symlink(`${OUTSIDE}/new.txt`, join(workspace, 'dangling'));
  await symlink('.git', join(workspace, 'innocent'));
});
afterAll(async () => rm(root, { recursive: true }));

const faultOf = (tool: string, input: unknown): string | null =>
  fenceFault(
    { workspace, configDir: '/data/config', scratch: '/scratch', readable: ['/usr'] },
    tool,
    input,
  );

test.each([
  ['Write', { file_path: 'src/new.ts' }],
  ['Edit', { file_path: './src/../src/a.ts' }],
  ['Write', { file_path: 'inner/deep/new.ts' }],
  ['Write', { file_path: '.gitignore' }],
  ['Write', { file_path: '/scratch/a.txt' }],
  ['NotebookEdit', { notebook_path: 'src/a.ipynb' }],
  ['Read', { file_path: '/usr/include/stdio.h' }],
  ['Read', { file_path: '/data/config/projects/x/tool-results/1.txt' }],
  ['Read', { file_path: '.git/config' }],
  ['Glob', { pattern: '**/*.ts' }],
  ['Glob', { pattern: '*.ts', path: 'src' }],
  ['Grep', { pattern: '../etc/passwd' }],
  ['Bash', { command: 'cat /etc/passwd' }],
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
  ['Write', { file_path: 'a\0b' }],
  ['Write', {}],
  ['Write', { file_path: 3 }],
  ['Write', null],
  ['Edit', { file_path: 'src/../../x' }],
  ['NotebookEdit', { notebook_path: '/etc/a.ipynb' }],
  ['Read', { file_path: '/etc/passwd' }],
  ['Read', { file_path: 'etc/passwd' }],
  ['Read', { file_path: '/usr/../etc/passwd' }],
  ['Read', { file_path: '/usrlocal/x' }],
  ['Glob', { pattern: '/etc/*' }],
  ['Glob', { pattern: 'src/../../*' }],
  ['Glob', { pattern: '*', path: '/' }],
  ['Grep', { pattern: 'root', path: '/etc' }],
])('I8 %s %j is refused', (tool, input) => {
  expect(faultOf(tool, input)).not.toBeNull();
});

test.each(['.git/hooks/pre-commit', '.GIT/config', 'sub/.git/config', '.git', 'innocent/config'])(
  'I8 nothing writes into git: %s',
  (path) => {
    expect(faultOf('Write', { file_path: path })).toContain('belongs to git');
  },
);
