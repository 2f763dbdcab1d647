import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findConfigFile } from '../../src/config/read-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { rolePrompt } from '../../src/phases/role-prompt.ts';
import { templatesIn } from '../../src/prompts/find.ts';
import { createPolicy } from '../../src/safety/policy/extra-commands.ts';
import { judgeCommand } from '../../src/safety/policy/judge.ts';
import type { Commands } from '../../src/safety/policy/spec.ts';
import { aPlace } from '../safety/policy/a-policy.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples/extending');

const standard = createPolicy({ profile: 'standard', extraCommands: [] });

function decided(command: string, policy = standard): string {
  const verdict = judgeCommand(policy, aPlace(), command);
  return verdict.decision === 'allow' ? 'allow' : verdict.rule;
}

test('R-135 the example command is denied without its lines, and allowed with them', () => {
  const file = findConfigFile(EXAMPLES, undefined);
  const { security } = loadConfig({ file, env: {}, flags: {}, cwd: EXAMPLES });
  const policy = createPolicy(security);
  expect(decided('hugo build --minify')).toBe('command');
  expect(decided('hugo build --minify', policy)).toBe('allow');
  expect(decided('hugo server', policy)).toBe('argument');
});

test('R-136 an entry of the table that says nothing of options and operands takes none', () => {
  const commands: Commands = { ...standard.commands, hugo: {} };
  const policy = { ...standard, commands };
  expect(decided('hugo', policy)).toBe('allow');
  expect(decided('hugo --minify', policy)).toBe('option');
  expect(decided('hugo site', policy)).not.toBe('allow');
});

test('R-142 a command that is taken from the table is denied', () => {
  const { npm, ...others } = standard.commands;
  expect(npm).toBeDefined();
  expect(decided('npm ci')).toBe('allow');
  expect(decided('npm ci', { ...standard, commands: others })).toBe('command');
});

/** The shipped order of one agent, or that of the first folder that has it. */
function promptOf(folders: readonly string[]): Promise<string> {
  return rolePrompt(templatesIn(folders), {
    phase: 'ideation',
    role: 'brainstorm',
    idea: 'A shop.',
    requirements: '',
    architecture: '',
    tasks: '',
    projectCheck: '',
    contributions: [],
    feedback: '',
    item: null,
    dependencies: [],
    demo: null,
  });
}

test('R-139 the example prompt takes the place of the shipped one', async () => {
  const shipped = join(ROOT, 'prompts');
  const line = 'in plain English and in German.';
  expect(await promptOf([shipped])).not.toContain(line);
  expect(await promptOf([join(EXAMPLES, 'prompts'), shipped])).toContain(line);
});

/** Blocks of code that begin with a remark of the file that they show. */
async function shownFiles(): Promise<readonly (readonly [string, string])[]> {
  const page = await readFile(join(ROOT, 'docs/extending.md'), 'utf8');
  return [...page.matchAll(/^```\w+\n(?:\/\/|#) (examples\/\S+)\n(.*?)^```$/gmsu)].map(
    ([, path = '', text = '']) => [path, text],
  );
}

test('what the page shows is what the examples hold', async () => {
  const shown = await shownFiles();
  expect(shown.map(([path]) => path)).toEqual([
    'examples/extending/orchestrator.yaml',
    'examples/extending/release-notes.ts',
    'examples/extending/sqlite-tracker.ts',
  ]);
  for (const [path, text] of shown)
    expect([path, await readFile(join(ROOT, path), 'utf8')]).toEqual([path, text]);
});
