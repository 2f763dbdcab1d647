import { expect, test } from 'vitest';
import { PLAN_SCHEMA, readPlan } from '../../src/phases/plan-output.ts';
import { anAnswer, anItemAnswer } from './a-plan.ts';

test('a plan as agreed is read, with the exit status that was left out', () => {
  expect(readPlan(anAnswer())).toEqual({
    ok: true,
    plan: {
      summary: 'A shop.',
      projectCheck: 'npm test',
      items: [
        {
          key: 'API-1',
          title: 'List links',
          description: 'All of them.',
          priority: 2,
          dependencies: [],
          checks: [{ kind: 'command', run: 'node --test test/api.test.js', exit: 0 }],
        },
      ],
    },
  });
});

const file = (path: string) => ({ checks: [{ kind: 'file', path }] });

test.each<[string, unknown, RegExp]>([
  ['no object', null, /expected object/],
  ['text', 'a plan', /expected object/],
  ['a field nobody knows', { ...anAnswer(), run_as: 'root' }, /run_as/],
  ['no summary', { ...anAnswer(), summary: ' ' }, /^summary: /],
  ['no project check', { ...anAnswer(), project_check: '' }, /^project_check: /],
  ['a project check of two lines', { ...anAnswer(), project_check: 'a\nb' }, /one line/],
  ['no items', { ...anAnswer(), items: [] }, /no work items/],
  ['too many items', { ...anAnswer(), items: Array(301).fill(anItemAnswer()) }, /^items: /],
  ['a key that is a path', anAnswer({ key: '../../etc' }), /^items\.0\.key: letters/],
  ['a key with a space', anAnswer({ key: 'API 1' }), /^items\.0\.key: letters/],
  ['a key that begins with a digit', anAnswer({ key: '1' }), /^items\.0\.key: letters/],
  ['a title that drives a terminal', anAnswer({ title: '\u001B[2J' }), /without control/],
  ['a title of two lines', anAnswer({ title: 'a\nb' }), /one line/],
  ['a title with a line separator', anAnswer({ title: 'a\u2028b' }), /one line/],
  ['a priority beyond the scale', anAnswer({ priority: 5 }), /^items\.0\.priority: /],
  ['a file outside the project', anAnswer(file('../secret')), /inside the project/],
  ['a file outside, hidden in the middle', anAnswer(file('a/../../b')), /inside the project/],
  ['an absolute file', anAnswer(file('/etc/passwd')), /inside the project/],
  [
    'an exit status that is none',
    anAnswer({ checks: [{ kind: 'command', run: 'a', exit: 256 }] }),
    /exit/,
  ],
  ['an unknown kind of check', anAnswer({ checks: [{ kind: 'trust me' }] }), /checks\.0/],
  ['an item without a check', anAnswer({ checks: [] }), /has no check/],
  ['an unknown dependency', anAnswer({ dependencies: ['DB-9'] }), /DB-9, which is not in the plan/],
])('a plan is refused with a reason for its author: %s', (_, answer, reason) => {
  const read = readPlan(answer);
  expect(read.ok ? [] : read.faults).toEqual(
    expect.arrayContaining([expect.stringMatching(reason)]),
  );
});

test('a file whose name only looks like a way out is inside', () => {
  expect(readPlan(anAnswer(file('docs/..hidden/a..b'))).ok).toBe(true);
});

test('the schema an agent is shown does not ask for what has a default', () => {
  expect(PLAN_SCHEMA).toMatchObject({
    type: 'object',
    required: ['summary', 'project_check', 'items'],
  });
  expect(JSON.stringify(PLAN_SCHEMA)).toContain('"required":["kind","run"]');
});
