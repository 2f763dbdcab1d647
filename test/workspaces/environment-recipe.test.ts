import { expect, test } from 'vitest';
import { findRecipe, type Recipe } from '../../src/workspaces/environment/recipe.ts';
import { treeOf } from './environment-registry.ts';

const MANIFEST = '{"dependencies": {"a": "1"}}';

test.each([
  ['package-lock.json', 'npm ci --no-audit --no-fund'],
  ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
  ['yarn.lock', 'yarn install --frozen-lockfile'],
])('%s calls for %s', async (lock, command) => {
  const recipe = await found({ 'package.json': MANIFEST, [lock]: '{}', 'src/a.js': '' });
  expect(recipe?.command).toBe(command);
  expect(pathsOf(recipe)).toEqual([lock, 'package.json'].toSorted());
});

test('a project without dependencies needs nothing, locked or not', async () => {
  const manifest = '{"name": "app", "scripts": {"test": "node --test"}}';
  expect(await found({ 'package.json': manifest })).toBeNull();
  expect(await found({ 'package.json': manifest, 'package-lock.json': '{}' })).toBeNull();
  expect(await found({ 'index.html': '' })).toBeNull();
});

test('dependencies without a lock are installed all the same', async () => {
  const recipe = await found({ 'package.json': MANIFEST });
  expect(recipe?.command).toContain('npm install --no-package-lock');
});

test('the scripts of the project itself do not run: their files are no inputs', async () => {
  const scripts = { prepare: 'x', postinstall: 'x', test: 'node --test' };
  const manifest = JSON.stringify({ scripts, devDependencies: { a: '1' }, other: 1 });
  const recipe = await found({ 'package.json': manifest, 'package-lock.json': '{}' });
  const input = recipe?.inputs.find(({ path }) => path === 'package.json');
  expect(JSON.parse(input?.content.toString() ?? '')).toEqual({
    scripts: {},
    devDependencies: { a: '1' },
    other: 1,
  });
});

test('the manifests of a monorepo are inputs, installed ones and sources are not', async () => {
  const recipe = await found({
    'package.json': '{"workspaces": ["packages/*"]}',
    'package-lock.json': '{}',
    '.npmrc': '',
    'packages/a/package.json': MANIFEST,
    'packages/a/index.js': '',
    'node_modules/a/package.json': MANIFEST,
  });
  expect(pathsOf(recipe)).toEqual([
    '.npmrc',
    'package-lock.json',
    'package.json',
    'packages/a/package.json',
  ]);
});

test('python projects get a virtual environment, beside what else there is', async () => {
  const uv = await found({ 'uv.lock': '', 'pyproject.toml': '', 'app.py': '' });
  expect(uv?.command).toBe('uv sync --frozen --no-install-project');
  expect(pathsOf(uv)).toEqual(['pyproject.toml', 'uv.lock']);
  const both = await found({
    'package.json': MANIFEST,
    'package-lock.json': '{}',
    'requirements.txt': '-r requirements/base.txt',
    'requirements/base.txt': '',
  });
  expect(both?.command).toMatch(/^npm ci .* && python3 -m venv \.venv && .*-r requirements\.txt$/u);
  expect(pathsOf(both)).toHaveLength(4);
});

test('a configured command goes first, with exactly its inputs, as they are', async () => {
  const manifest = '{"scripts": {"prepare": "make"}, "dependencies": {"a": "1"}}';
  const files = { 'package.json': manifest, 'package-lock.json': '{}', 'tools/x': '', other: '' };
  const settings = { prepare: { command: 'make deps', inputs: ['./package.json', 'tools/'] } };
  const recipe = await findRecipe(treeOf(files), settings);
  expect(recipe?.command).toBe('make deps');
  expect(pathsOf(recipe)).toEqual(['package.json', 'tools/x']);
  expect(recipe?.inputs[0]?.content.toString()).toBe(manifest);
  expect(await findRecipe(treeOf({ other: '' }), settings)).toBeNull();
});

test('I8 paths that lead elsewhere are never inputs', async () => {
  const prepare = { command: 'x', inputs: ['../outside', '/etc/passwd', 'a/../../b', 'ok', 'd/'] };
  const files = {
    '../outside': '',
    '/etc/passwd': '',
    'a/../../b': '',
    ok: '',
    'd/.git/config': '',
  };
  expect(pathsOf(await findRecipe(treeOf(files), { prepare }))).toEqual(['ok']);
});

async function found(files: Readonly<Record<string, string>>): Promise<Recipe | null> {
  return findRecipe(treeOf(files), { prepare: null });
}

function pathsOf(recipe: Recipe | null): readonly string[] | undefined {
  return recipe?.inputs.map((input) => input.path);
}
