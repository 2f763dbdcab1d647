import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PhaseName } from '../../src/domain/phase.ts';
import {
  interruptedPrompt,
  rolePrompt,
  systemPrompt,
  type PromptFacts,
} from '../../src/phases/role-prompt.ts';
import { templatesIn, type FindTemplate } from '../../src/prompts/find.ts';
import { anItem } from '../support/a-run.ts';

const SHIPPED = join(import.meta.dirname, '../../prompts');
const shipped = templatesIn([SHIPPED]);

const ROLES: readonly (readonly [PhaseName, string])[] = [
  ['ideation', 'brainstorm'],
  ['ideation', 'user_requirements'],
  ['ideation', 'technical_feasibility'],
  ['ideation', 'edge_cases'],
  ['ideation', 'synthesis'],
  ['architecture', 'architect'],
  ['architecture', 'system_design'],
  ['architecture', 'data_models'],
  ['architecture', 'api_design'],
  ['architecture', 'synthesis'],
  ['task_breakdown', 'planner'],
  ['initialize', 'initializer'],
  ['implement', 'coder'],
  ['testing', 'tester'],
];

const DEMO_ROLES: readonly (readonly [PhaseName, string])[] = [
  ['initialize', 'initializer'],
  ['implement', 'coder'],
];

function demoFacts(changes: Partial<PromptFacts> = {}): PromptFacts {
  return facts({
    demo: { issues: 12, team: null, names: new Map(), earlier: [], regressions: '' },
    ...changes,
  });
}

function facts(changes: Partial<PromptFacts> = {}): PromptFacts {
  return {
    phase: 'implement',
    role: 'coder',
    idea: 'THE IDEA',
    requirements: 'THE REQUIREMENTS',
    architecture: 'THE ARCHITECTURE',
    tasks: 'THE TASKS',
    projectCheck: 'npm test',
    contributions: [],
    feedback: '',
    item: anItem(),
    dependencies: [],
    demo: null,
    ...changes,
  };
}

test.each(ROLES)('the shipped prompt of %s/%s has a value for every name', async (phase, role) => {
  const text = await rolePrompt(shipped, facts({ phase, role }));
  expect(text.length).toBeGreaterThan(200);
  expect(text).not.toMatch(/\{\{|undefined|\[object/);
});

test.each(ROLES)('%s/%s is told why it works again', async (phase, role) => {
  const text = await rolePrompt(shipped, facts({ phase, role, feedback: 'Name the colours.' }));
  expect(text).toContain('This is not the first try. Name the colours.');
});

test.each(DEMO_ROLES)('in demo mode %s/%s has a prompt of its own', async (phase, role) => {
  const text = await rolePrompt(shipped, demoFacts({ phase, role, feedback: 'Name the colours.' }));
  expect(text).toContain('This is not the first try. Name the colours.');
  expect(text).not.toMatch(/\{\{|undefined|\[object/);
  expect(Buffer.byteLength(text)).toBeLessThan(4000);
});

test('R-141 the initializer is asked for the run’s number of issues', async () => {
  const text = await rolePrompt(shipped, demoFacts({ phase: 'initialize', role: 'initializer' }));
  expect(text).toContain('exactly 12 issues');
  expect(text).not.toContain('50');
});

test('a coder of demo mode looks at what is finished first, and hears what is red there', async () => {
  const earlier = [anItem({ key: 'APP-1', title: 'Money - Whole cents' })];
  const red = await rolePrompt(
    shipped,
    demoFacts({
      demo: {
        issues: 1,
        team: null,
        names: new Map(),
        earlier,
        regressions: 'APP-1: 1 of 2 checks',
      },
    }),
  );
  expect(red).toContain('- APP-1 Money - Whole cents: npm test');
  expect(red).toContain('red on main. Mend it first');
  expect(red).toContain('APP-1: 1 of 2 checks');
  const green = await rolePrompt(shipped, demoFacts());
  expect(green).toContain('Nothing is finished yet.');
  expect(green).not.toContain('red on main');
});

test('a coder of demo mode is told what the tracker calls the issues by now', async () => {
  const names = new Map([
    ['ENG-1', 'DEV-1'],
    ['ENG-2', 'DEV-2'],
  ]);
  const earlier = [anItem({ key: 'ENG-1' })];
  const demo = { issues: 1, team: null, names, earlier, regressions: '' };
  const text = await rolePrompt(
    shipped,
    demoFacts({ demo, item: anItem({ key: 'ENG-2' }), dependencies: earlier }),
  );
  expect(text).toContain('Issue DEV-2:');
  expect(text).toContain('**Comment** on DEV-2');
  expect(text).not.toContain('ENG-');
});

test('R-053 R-054 R-055 each specialist is asked for what is its own', async () => {
  const asked = {
    user_requirements: ['Personas', 'User stories', 'Journeys'],
    technical_feasibility: ['Stack', 'Integrations', 'Security'],
    edge_cases: ['Bad input', 'Failure modes', 'Accessibility'],
  };
  for (const [role, words] of Object.entries(asked)) {
    const text = await rolePrompt(shipped, facts({ phase: 'ideation', role }));
    for (const word of words) expect(text).toContain(`**${word}`);
  }
});

test('every shipped prompt belongs to someone', async () => {
  const used = new Set<string>();
  const noting: FindTemplate = (name) => {
    used.add(`${name}.md`);
    return shipped(name);
  };
  for (const [phase, role] of ROLES) await rolePrompt(noting, facts({ phase, role }));
  for (const [phase, role] of DEMO_ROLES) await rolePrompt(noting, demoFacts({ phase, role }));
  for (const writes of [true, false]) {
    await systemPrompt(noting, writes);
    await interruptedPrompt(noting, writes);
  }
  const files = await readdir(SHIPPED, { recursive: true });
  expect([...used].toSorted()).toEqual(files.filter((name) => name.endsWith('.md')).toSorted());
});

test('a coder is told the item, its checks, and what is there already', async () => {
  const item = anItem({
    key: 'API-2',
    title: 'Delete links',
    checks: [
      { kind: 'command', run: 'npm test', exit: 0 },
      { kind: 'file', path: 'docs/api.md' },
    ],
  });
  const text = await rolePrompt(shipped, facts({ item, dependencies: [anItem()] }));
  expect(text).toContain('Work item API-2: Delete links\n\nas agreed\n');
  expect(text).toContain('- npm test\n- file docs/api.md\n');
  expect(text).toContain('It builds on API-1 (List links), which are on main.');
});

test('a synthesis is told what each specialist gave, and which gave nothing', async () => {
  const contributions = [
    { role: 'user_requirements', text: 'USERS' },
    { role: 'edge_cases', text: null },
  ];
  const text = await rolePrompt(
    shipped,
    facts({ phase: 'ideation', role: 'synthesis', contributions }),
  );
  expect(text).toContain('<contribution role="user_requirements">\nUSERS\n</contribution>');
  expect(text).toContain(
    '<contribution role="edge_cases">\nThis specialist failed and gave nothing.',
  );
});

test('texts of others are not searched for names: nothing leaks from one into another', async () => {
  const item = anItem({ title: '{{idea}}', description: '{{requirements}} {{ secret }} $&' });
  const text = await rolePrompt(shipped, facts({ item }));
  expect(text).toContain('Work item API-1: {{idea}}\n\n{{requirements}} {{ secret }} $&\n');
  expect(text).not.toContain('THE REQUIREMENTS');
});

test('a role without a prompt is refused', async () => {
  await expect(rolePrompt(shipped, facts({ role: 'poet' }))).rejects.toMatchObject({
    code: 'ROLE_UNKNOWN',
  });
});
