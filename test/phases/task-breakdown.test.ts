import { expect, test } from 'vitest';
import { agreeOnTasks } from '../../src/phases/agree.ts';
import { taskBreakdown } from '../../src/phases/task-breakdown.ts';
import { anAnswer } from './a-plan.ts';
import { aContext, failed, limited } from './a-context.ts';

const TASKS = 'PRPs/plans/tasks.md';

test('the plan is written down for people, and no item is made before it is approved', async () => {
  const context = aContext({ roles: { planner: JSON.stringify(anAnswer()) } });
  expect(await taskBreakdown.run(context)).toEqual({ status: 'completed', outputs: [TASKS] });
  expect(context.written[0]?.path).toBe(TASKS);
  expect(context.written[0]?.text).toContain('## API-1: List links');
  expect(context.added).toEqual([]);
});

test.each([
  ['the planner failed', failed('broke'), { status: 'failed', reason: 'planner: broke' }],
  ['the planner met a limit', limited(null), { status: 'limited', until: null }],
  [
    'the plan cannot be used',
    JSON.stringify(anAnswer({ dependencies: ['API-1'] })),
    { status: 'failed', reason: 'These items wait for each other: API-1.' },
  ],
])('nothing is written when %s', async (_, planner, end) => {
  const context = aContext({ roles: { planner } });
  expect(await taskBreakdown.run(context)).toMatchObject(end);
  expect(context.written).toEqual([]);
});

test('an approved plan becomes work items and the check of the project', async () => {
  const planned = aContext({ roles: { planner: JSON.stringify(anAnswer()) } });
  await taskBreakdown.run(planned);
  const text = planned.written[0]?.text ?? '';
  const context = aContext({ documents: { [TASKS]: text.replace('List links', 'List all') } });
  expect(await agreeOnTasks(context.project)).toEqual([]);
  expect(context.projectChecks).toEqual(['npm test']);
  expect(context.added).toMatchObject([{ key: 'API-1', title: 'List all' }]);
});

test('keys of an earlier run, or of a person, are not given a second meaning', async () => {
  const planned = aContext({ roles: { planner: JSON.stringify(anAnswer()) } });
  await taskBreakdown.run(planned);
  const documents = { [TASKS]: planned.written[0]?.text ?? '' };
  const context = aContext({ documents, takenKeys: ['API-1'] });
  expect(await agreeOnTasks(context.project)).toEqual([
    expect.stringMatching(/used the keys API-1 .* new ones\.$/u),
  ]);
  expect(context.added).toEqual([]);
  const roles = { planner: JSON.stringify(anAnswer()) };
  const late = aContext({ roles, takenKeys: ['API-1'] });
  expect(await taskBreakdown.run(late)).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('API-1'),
  });
  expect(late.written).toEqual([]);
});

test('an edit that cannot be used makes no items, and says why', async () => {
  const context = aContext({ documents: { [TASKS]: '# Tasks\n\nNothing planned.\n' } });
  expect(await agreeOnTasks(context.project)).not.toEqual([]);
  expect(await agreeOnTasks(aContext().project)).toEqual([`${TASKS} is missing on main.`]);
  expect([context.added, context.projectChecks]).toEqual([[], []]);
});
