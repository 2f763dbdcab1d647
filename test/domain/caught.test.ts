import { expect, test } from 'vitest';
import type { AttemptEnd } from '../../src/domain/attempt.ts';
import { caughtIn, folded } from '../../src/domain/caught.ts';
import type { HarnessEvent, StoredEvent, Subject } from '../../src/domain/event.ts';

const subject: Subject = { attempt: 'a1', phase: 'implement', role: 'coder', item: 'API-1' };
const planner: Subject = { attempt: 'a2', phase: 'ideation', role: 'synthesis', item: null };

function stored(event: HarnessEvent, id = 1): StoredEvent {
  return { projectId: 'p', runId: 'r', id, at: '2026-03-01T10:00:00.000Z', event };
}

const ended = (end: AttemptEnd): HarnessEvent => ({ type: 'attempt.ended', subject, end });

test.each<[string, HarnessEvent]>([
  ['failing check', ended({ status: 'failed', code: 'checks_failed', reason: 'why' })],
  ['unproved claim', ended({ status: 'failed', code: 'nothing_changed', reason: 'why' })],
  ['conflict', ended({ status: 'failed', code: 'merge_conflict', reason: 'why' })],
  ['failed session', ended({ status: 'failed', code: 'session_failed', reason: 'why' })],
  ['unusable answer', ended({ status: 'failed', code: 'bad_output', reason: 'why' })],
  ['blocked agent', ended({ status: 'failed', code: 'agent_blocked', reason: 'why' })],
  ['denied session', ended({ status: 'failed', code: 'refused_calls', reason: 'why' })],
  ['protected file', ended({ status: 'failed', code: 'protected_path', reason: 'why' })],
  ['infrastructure', ended({ status: 'failed', code: 'infrastructure', reason: 'why' })],
  ['limit', ended({ status: 'limited', until: null, reason: 'why' })],
  [
    'dropped stream',
    { type: 'model.failed', subject, status: null, kind: 'dropped', message: 'why' },
  ],
  [
    'model overloaded',
    { type: 'model.failed', subject, status: 529, kind: 'overloaded', message: 'why' },
  ],
])('%s is told, with its place and its reason', (kind, event) => {
  expect(caughtIn([stored(event)])).toEqual([{ kind, where: 'API-1', what: 'why' }]);
});

const refused = (reason: string): StoredEvent =>
  stored({ type: 'tool.refused', subject, tool: 'Bash', call: 'x', reason });

test('refused calls of one place are counted, and stand where the first was', () => {
  expect(caughtIn([refused('why'), refused('other'), refused('third')])).toEqual([
    { kind: 'refused calls', where: 'API-1', what: '3, the first: why' },
  ]);
  expect(caughtIn([refused('why')])[0]?.what).toBe('why');
});

test('only the first line of a long reason is told', () => {
  const end = { status: 'failed', code: 'checks_failed', reason: '1 of 2\n- npm test' } as const;
  expect(caughtIn([stored(ended(end))])[0]?.what).toBe('1 of 2');
});

test('what happened outside a work item is told by phase and role', () => {
  const event: HarnessEvent = { type: 'session.resumed', subject: planner, session: 's' };
  expect(caughtIn([stored(event)])).toEqual([
    { kind: 'interrupted session', where: 'ideation/synthesis', what: 'went on where it was' },
  ]);
});

test('refused plans and rolled back deployments are told in the order of the events', () => {
  const events: HarnessEvent[] = [
    { type: 'plan.refused', reasons: ['A is used twice.', 'B has no check.'] },
    { type: 'deploy.rolled_back', reason: 'the probe failed' },
  ];
  expect(caughtIn(events.map((event, at) => stored(event, at + 1)))).toEqual([
    { kind: 'refused plan', where: 'task_breakdown', what: 'A is used twice. B has no check.' },
    { kind: 'rolled back', where: 'deploy', what: 'the probe failed' },
  ]);
});

test('what went well and what a person ended is nothing caught', () => {
  const events: HarnessEvent[] = [
    ended({ status: 'succeeded', commit: 'c', text: null }),
    ended({ status: 'aborted', reason: 'stopped by request' }),
    { type: 'run.status', status: 'failed', reason: 'why' },
  ];
  expect(caughtIn(events.map((event) => stored(event)))).toEqual([]);
});

test("a person is told neither an agent's advice nor its paths", () => {
  const conflict: HarnessEvent = { type: 'merge.conflicted', subject, files: ['src/a.js'] };
  const told = caughtIn([
    stored(conflict),
    stored(ended({ status: 'failed', code: 'merge_conflict', reason: 'Your work conflicts' })),
    stored(ended({ status: 'stalled', reason: 'No sign of life for 12 s; last: Write /x/y' })),
    stored(ended({ status: 'timed_out', reason: 'It ran for 60 min; it never did anything' })),
  ]);
  expect(told.map(({ kind, what }) => [kind, what])).toEqual([
    ['conflict', 'with what others merged meanwhile, in src/a.js; done again on top of that'],
    ['stalled session', 'No sign of life for 12 s; ended, its work kept'],
    ['timed out session', 'It ran for 60 min; it never did anything; ended, its work kept'],
  ]);
});

test('what came several times is told once, with its number', () => {
  const one = { kind: 'failing check', where: 'API-1', what: 'red' };
  const other = { ...one, where: 'API-2' };
  expect(folded([one, other, one, one])).toEqual([
    { ...one, times: 3 },
    { ...other, times: 1 },
  ]);
});
