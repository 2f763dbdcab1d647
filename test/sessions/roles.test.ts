import { expect, test } from 'vitest';
import type { PhaseName } from '../../src/domain/phase.ts';
import { rightsOf } from '../../src/sessions/roles.ts';

const WRITERS: ReadonlySet<string> = new Set(['Write', 'Edit', 'NotebookEdit', 'Bash']);

const NOTHING = { tools: [], reports: false, browses: false };

const PLANNERS: readonly [PhaseName, string][] = [
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
];

test.each(PLANNERS)('%s/%s has no tool that writes and no report', (phase, role) => {
  const { tools, reports, browses } = rightsOf({ phase, role });
  expect(tools.filter((tool) => WRITERS.has(tool))).toEqual([]);
  expect([reports, browses]).toEqual([false, false]);
});

test('the synthesis reads nothing but its prompt', () => {
  expect(rightsOf({ phase: 'ideation', role: 'synthesis' }).tools).toEqual([]);
});

test('who builds writes, runs commands and reports', () => {
  expect(rightsOf({ phase: 'implement', role: 'coder' })).toEqual({
    tools: ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'],
    reports: true,
    browses: true,
  });
});

test('the tester runs commands but edits nothing', () => {
  const { tools, browses } = rightsOf({ phase: 'testing', role: 'tester' });
  expect(tools).toEqual(['Read', 'Glob', 'Grep', 'Bash']);
  expect(browses).toBe(true);
});

test.each(['', 'toString', '__proto__', 'unheard_of'])(
  'the unknown role "%s" may use nothing',
  (role) => {
    expect(rightsOf({ phase: 'implement', role })).toEqual(NOTHING);
  },
);

test('a role has its rights in its own phase only', () => {
  expect(rightsOf({ phase: 'ideation', role: 'coder' })).toEqual(NOTHING);
});
