import { expect, test } from 'vitest';
import { protectedAmong } from '../../src/engine/attempt/protected-paths.ts';

const merge = { base: 'b', commit: 'c' };

function among(changed: readonly string[], protectedPaths: readonly string[] = []) {
  return protectedAmong({ protectedPaths }, { hub: { changedFiles: async () => changed } }, merge);
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
])('I4 an agent cannot change the judge: %s', async (path) => {
  expect(await among(['src/a.js', path])).toEqual([path]);
});

test('I4 what the operator protects is protected with all below it, dots or not', async () => {
  const changed = ['infra/main.tf', 'infra/.github/x.yml', 'infra', 'app/.secrets/key.json'];
  expect(await among(changed, ['infra/**', '**/key.json'])).toEqual(changed);
  expect(await among(['infra/a/b'], ['infra'])).toEqual(['infra/a/b']);
});

test('ordinary files are free, also those whose names only resemble', async () => {
  const free = [
    '.env.example',
    'src/.env',
    'docs/prompts/a.md',
    'prompts.md',
    '.gitignore',
    'xenv',
  ];
  expect(await among(free)).toEqual([]);
});
