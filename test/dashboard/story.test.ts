import { expect, test } from 'vitest';
import { layOut } from '../../dashboard/src/graph/layout.ts';
import { controlsOf, isStarting } from '../../dashboard/src/show/controls.ts';
import { announced, describeEvent, itemOf } from '../../dashboard/src/show/describe-event.ts';
import { attemptsOf, evidenceFor } from '../../dashboard/src/show/item-story.ts';
import { doing, spokenOf } from '../../dashboard/src/show/transcript.ts';
import type { EventRecord } from '../../src/server/contract.ts';

type HarnessEvent = EventRecord['event'];

const subject = { attempt: 'a1', phase: 'implement', role: 'coder', item: 'API-1' } as const;
const check = { kind: 'command', run: 'npm test', exit: 0 } as const;
const evidence = (verdict: 'passed' | 'failed') =>
  ({ check, verdict, exit: 0, tail: '', durationMs: 5, tree: 'abc' }) as const;

const stored = (events: readonly HarnessEvent[]): readonly EventRecord[] =>
  events.map((event, index) => ({
    id: index + 1,
    project_id: 'p',
    run_id: 'r',
    at: `2026-03-01T12:00:0${index}.000Z`,
    event,
  }));

test('attempts are told with their session, checks and end', () => {
  const events = stored([
    { type: 'item.claimed', item: 'API-1', attempt: 'a1', number: 1 },
    { type: 'session.started', subject, session: 's1', model: 'm' },
    { type: 'checks.run', subject, tree: 'abc', evidence: [evidence('failed')] },
    {
      type: 'attempt.ended',
      subject,
      end: { status: 'failed', code: 'checks_failed', reason: 'red' },
    },
    { type: 'item.claimed', item: 'API-1', attempt: 'a2', number: 2 },
    { type: 'item.claimed', item: 'API-2', attempt: 'b1', number: 1 },
    {
      type: 'checks.run',
      subject: { ...subject, attempt: 'a2' },
      tree: 'def',
      evidence: [evidence('passed')],
    },
  ]);
  const attempts = attemptsOf(events, 'API-1');
  expect(attempts.map(({ id, session, end, reason }) => [id, session, end, reason])).toEqual([
    ['a1', 's1', 'failed', 'red'],
    ['a2', null, null, null],
  ]);
  expect(evidenceFor([check, { kind: 'file', path: 'x' }], attempts)).toEqual([
    { check, evidence: evidence('passed') },
    { check: { kind: 'file', path: 'x' }, evidence: null },
  ]);
});

test('events become lines; details have none, and few are said aloud', () => {
  const done: HarnessEvent = {
    type: 'item.done',
    item: 'API-1',
    attempt: 'a',
    commit: 'c'.repeat(40),
  };
  expect(describeEvent(done)).toBe('API-1 done, proved as cccccccccc');
  expect(announced(done)).toBe('API-1 done, proved as cccccccccc');
  expect(itemOf(done)).toBe('API-1');
  const began: HarnessEvent = { type: 'session.started', subject, session: 's', model: 'm' };
  expect(describeEvent(began)).toBeNull();
  expect(itemOf(began)).toBe('API-1');
  const claimed: HarnessEvent = { type: 'item.claimed', item: 'A', attempt: 'a', number: 2 };
  expect(describeEvent(claimed)).toBe('A begun (try 2)');
  expect(announced(claimed)).toBeNull();
});

test('an event of a later version has no line rather than breaking the page', () => {
  const later: HarnessEvent = JSON.parse('{"type":"constructor","item":"X"}');
  expect(describeEvent(later)).toBeNull();
});

test('a transcript is read as far as it is known', () => {
  const lines = [
    { at: '1', event: { type: 'text', text: ' I look.\nThen I write. ' } },
    { at: '2', event: { type: 'tool_started', name: 'Bash', input: '{"command":"npm test"}' } },
    { at: '3', event: { type: 'tool_ended', failed: true, output: 'red' } },
  ].flatMap((line) => spokenOf(line) ?? []);
  expect(lines.map(({ kind, head, text }) => [kind, head, text])).toEqual([
    ['text', null, 'I look.\nThen I write.'],
    ['tool', 'Bash', 'npm test'],
    ['failed', null, 'red'],
  ]);
  expect(doing(lines.slice(0, 2))).toBe('Bash: npm test');
  expect(doing([])).toBeNull();
});

test.each([null, 7, 'text', {}, { event: null }, { event: { type: 'toString' } }, { event: [] }])(
  'a line of no known form is left out: %j',
  (line) => {
    expect(spokenOf(line)).toBeUndefined();
  },
);

type Status = Parameters<typeof controlsOf>[0]['status'];

function can(status: Status, hosted: boolean, questions = 0): string {
  const controls = controlsOf({ status, control: null, hosted }, questions);
  return Object.entries(controls)
    .filter(([, yes]) => yes)
    .map(([name]) => name)
    .join(' ');
}

test('what can be asked of a run follows from how it stands', () => {
  expect(can('running', true)).toBe('pause stop');
  expect(can('waiting_approval', true)).toBe('pause stop');
  expect(can('running', false)).toBe('resume stop');
  expect(can('waiting_approval', false, 1)).toBe('stop');
  expect(can('waiting_approval', false)).toBe('resume stop');
  expect(can('stopped', false)).toBe('resume');
  expect(can('failed', true)).toBe('resume');
  expect(can('completed', true)).toBe('begin');
  expect(controlsOf({ status: 'running', control: 'stop', hosted: true }, 0)).toMatchObject({
    stop: false,
    pause: false,
  });
});

test('what must be done first stands further left; unknown dependencies are left out', () => {
  const { placed, edges } = layOut([
    { key: 'C', dependencies: ['A', 'B'] },
    { key: 'A', dependencies: [] },
    { key: 'B', dependencies: ['A', 'gone'] },
  ]);
  const x = new Map(placed.map((one) => [one.key, one.x]));
  expect((x.get('A') ?? 0) < (x.get('B') ?? 0)).toBe(true);
  expect((x.get('B') ?? 0) < (x.get('C') ?? 0)).toBe(true);
  expect(edges).toHaveLength(3);
});

test('a circle of dependencies is still drawn', () => {
  const { placed } = layOut([
    { key: 'A', dependencies: ['B'] },
    { key: 'B', dependencies: ['A'] },
  ]);
  expect(placed).toHaveLength(2);
});

test('a run that was just begun is starting, until a process has it or a minute is over', () => {
  const run = { status: 'pending', hosted: false, created_at: '2026-03-01T12:00:00.000Z' } as const;
  const unknown = { starting: false };
  const after = (seconds: number) => Date.parse(run.created_at) + seconds * 1000;
  expect([2, 59, 61].map((seconds) => isStarting(run, unknown, after(seconds)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(isStarting({ ...run, hosted: true }, unknown, after(2))).toBe(false);
  expect(isStarting({ ...run, status: 'stopped' }, unknown, after(2))).toBe(false);
  const answered = { ...run, status: 'running' } as const;
  expect(isStarting(answered, unknown, after(2))).toBe(false);
  expect(isStarting(answered, { starting: true }, after(600))).toBe(true);
  expect(isStarting({ ...answered, hosted: true }, { starting: true }, after(2))).toBe(false);
});
