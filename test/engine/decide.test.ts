import { expect, test } from 'vitest';
import { decide, entryOf, type Decision, type DecisionFacts } from '../../src/engine/decide.ts';
import type { RunSettings } from '../../src/domain/run.ts';
import type { PhaseStatus } from '../../src/domain/phase.ts';
import { aPhase, runWith, SETTINGS, settingsOf } from '../support/a-run.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const in30s = '2026-03-01T12:00:30.000Z';
const in2min = '2026-03-01T12:02:00.000Z';
const done = { status: 'completed', outputs: ['a.md'] } as const;
const failed = { status: 'failed', reason: 'red' } as const;
const asking: RunSettings = {
  ...settingsOf('ideation', { checkpointPause: true }),
  autonomy: 'checkpoint',
};

function given(changes: Partial<DecisionFacts>): DecisionFacts {
  return { run: runWith(), phase: 'ideation', end: done, failures: 0, now: NOW, ...changes };
}

const limited = (until: string | null) => ({ status: 'limited', until, reason: 'weekly' }) as const;

// The settings: 2 retries, the first after 1 s, limits waited for up to 60 s.
test.each<[string, Partial<DecisionFacts>, Decision]>([
  ['a result that nobody is asked about', {}, { kind: 'completed', outputs: ['a.md'] }],
  [
    'a result that a person is asked about',
    { run: runWith({ settings: asking }) },
    { kind: 'approve', outputs: ['a.md'] },
  ],
  [
    'a pause that is configured, when nobody wants questions',
    { run: runWith({ settings: { ...asking, autonomy: 'full' } }) },
    { kind: 'completed', outputs: ['a.md'] },
  ],
  [
    'another phase than the one with the pause',
    { run: runWith({ settings: asking }), phase: 'architecture' },
    { kind: 'completed', outputs: ['a.md'] },
  ],
  ['a first failure', { end: failed }, { kind: 'retry', delayMs: 1000, reason: 'red' }],
  [
    'a second failure, after twice the time',
    { end: failed, failures: 1 },
    { kind: 'retry', delayMs: 2000, reason: 'red' },
  ],
  ['one failure too many', { end: failed, failures: 2 }, { kind: 'fail', reason: 'red' }],
  [
    'a failure when there are no retries',
    { end: failed, run: runWith({ settings: settingsOf('ideation', { maxRetries: 0 }) }) },
    { kind: 'fail', reason: 'red' },
  ],
  [
    'time that was up',
    { end: { status: 'timed_out', reason: 'late' } },
    { kind: 'retry', delayMs: 1000, reason: 'late' },
  ],
  [
    'what only a person can mend',
    { end: { status: 'blocked', reason: 'API-1 is blocked' } },
    { kind: 'fail', reason: 'API-1 is blocked' },
  ],
  [
    'an abort that nobody asked for, uncounted',
    { end: { status: 'aborted', reason: 'a worker left' }, failures: 2 },
    { kind: 'wait', delayMs: 1000, reason: 'a worker left' },
  ],
  [
    'a limit near enough',
    { end: limited(in30s) },
    { kind: 'wait', delayMs: 30_000, reason: 'weekly' },
  ],
  [
    'a limit near enough, after failures: it is not counted',
    { end: limited(in30s), failures: 2 },
    { kind: 'wait', delayMs: 30_000, reason: 'weekly' },
  ],
  [
    'a limit that is over: without haste',
    { end: limited('2026-03-01T11:00:00.000Z') },
    { kind: 'wait', delayMs: 1000, reason: 'weekly' },
  ],
  ['a limit too far away', { end: limited(in2min) }, { kind: 'park', reason: 'weekly' }],
  ['a limit without an end', { end: limited(null) }, { kind: 'park', reason: 'weekly' }],
  [
    'a limit with nonsense for an end',
    { end: limited('soon') },
    { kind: 'park', reason: 'weekly' },
  ],
])('what follows %s', (_, facts, decision) => {
  expect(decide(given(facts))).toEqual(decision);
});

test.each(['pause', 'park', 'stop', 'stop_now'] as const)(
  'I6 whoever ends the run by %s has the last word, but what is finished counts',
  (control) => {
    const run = runWith({ control });
    for (const end of [failed, limited(in30s)])
      expect(decide(given({ run, end }))).toEqual({ kind: 'leave' });
    expect(decide(given({ run, end: done })).kind).toBe('completed');
    expect(entryOf(run, aPhase({ status: 'pending' }))).toBe('halt');
  },
);

test.each<[PhaseStatus, ReturnType<typeof entryOf>]>([
  ['pending', 'run'],
  ['running', 'run'],
  ['failed', 'run'],
  ['waiting_approval', 'approve'],
  ['completed', 'over'],
  ['skipped', 'over'],
])('I6 a pipeline that finds a phase %s goes on there: %s', (status, entry) => {
  expect(entryOf(runWith(), aPhase({ status }))).toBe(entry);
});

test('a phase that is switched off is skipped, unless it was carried out before', () => {
  const run = runWith({ settings: settingsOf('ideation', { enabled: false }) });
  expect(entryOf(run, aPhase())).toBe('skip');
  expect(entryOf(run, aPhase({ status: 'completed' }))).toBe('over');
  expect(entryOf(runWith({ settings: SETTINGS }), aPhase())).toBe('run');
});
