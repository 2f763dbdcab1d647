import { expect, test } from 'vitest';
import { protectionOf } from '../../src/engine/attempt/protected-paths.ts';

function among(changed: readonly string[], protectedPaths: readonly string[] = []) {
  return changed.filter(
    (path) => protectionOf({ path, deed: 'adds' }, protectedPaths) !== undefined,
  );
}

test.each([
  'orchestrator.yaml',
  '.env',
  '.env.production',
  'prompts/ideation/brainstorm.md',
  'prompts/.hidden.md',
  'prompts/a/.b/c.md',
  'prompts',
  '.gitmodules',
  '.claude',
  '.claude/settings.json',
  '.claude/.x/y',
  '.mcp.json',
  '.harness/log',
  '.work_items.json',
  '.orchestrator_state.json',
  '.npmrc',
  'packages/a/.yarnrc.yml',
  'node_modules/.bin/node',
  'node_modules',
  'packages/a/node_modules/vitest/index.js',
  '.venv/bin/python3',
  '.yarn/releases/yarn-4.1.0.cjs',
])('I4 an agent cannot change the judge: %s', (path) => {
  expect(among(['src/a.js', path])).toEqual([path]);
});

test('I4 what the operator protects is protected with all below it, dots or not', () => {
  const changed = ['infra/main.tf', 'infra/.github/x.yml', 'infra', 'app/.secrets/key.json'];
  expect(among(changed, ['infra/**', '**/key.json'])).toEqual(changed);
  expect(among(['infra/a/b'], ['infra'])).toEqual(['infra/a/b']);
});

test('ordinary files are free, also those whose names only resemble', () => {
  const free = [
    '.env.example',
    'src/.env',
    'docs/prompts/a.md',
    'prompts.md',
    '.gitignore',
    'xenv',
  ];
  expect(among(free)).toEqual([]);
});
