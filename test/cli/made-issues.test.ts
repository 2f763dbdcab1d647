import { expect, test } from 'vitest';
import { countMadeIssues } from '../../src/cli/made-issues.ts';

type Count = (input: object, output?: string, failed?: boolean) => number | undefined;

function counting(tool = 'mcp__linear__save_issue'): Count {
  const made = countMadeIssues();
  let id = 0;
  return (input, output = `{"id":"ENG-${(id += 1)}","title":"x"}`, failed = false) => {
    const call = `call-${(id += 1)}`;
    made.take({ type: 'tool_started', id: call, name: tool, input: JSON.stringify(input) });
    return made.take({ type: 'tool_ended', id: call, failed, output });
  };
}

test('each issue that is made counts once, whatever a tracker calls the tool', () => {
  for (const tool of ['mcp__linear__save_issue', 'mcp__other__create_issue']) {
    const count = counting(tool);
    expect([count({ title: 'A - b' }), count({ title: 'A - c' })]).toEqual([1, 2]);
  }
  expect(counting('mcp__linear__save_comment')({ title: 'A - b' })).toBeUndefined();
});

test('one that is changed, refused, there already or about progress is no new one', () => {
  const count = counting();
  expect(count({ title: 'A - b' }, '{"id":"ENG-1"}')).toBe(1);
  expect(count({ id: 'ENG-9', title: 'A - c' }, '{"id":"ENG-9"}')).toBeUndefined();
  expect(count({ title: 'A - b' }, '{"id":"ENG-1","note":"exists"}')).toBeUndefined();
  expect(count({ title: 'A - d' }, 'Save the project first.', true)).toBeUndefined();
  expect(count({ title: '[META] Project Progress Tracker' })).toBeUndefined();
  expect(count({ title: 'A - e' }, 'an answer without an id')).toBe(2);
});
