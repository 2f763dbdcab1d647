import { expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.ts';
import { PHASES } from '../../src/domain/phase.ts';
import type { RunControl, RunStatus } from '../../src/domain/run.ts';
import { whyItem, whyRun, type Why, type WhyFacts } from '../../src/domain/why.ts';
import type { ItemStatus, WorkItem } from '../../src/domain/work-item.ts';
import { anItem, runWith } from '../support/a-run.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const LATER = '2026-03-01T15:00:00.000Z';

const STATUSES = Object.keys({
  pending: 0,
  running: 0,
  waiting_approval: 0,
  limited: 0,
  paused: 0,
  stopping: 0,
  stopped: 0,
  completed: 0,
  failed: 0,
} satisfies Record<RunStatus, 0>) as readonly RunStatus[];
const CONTROLS: readonly (RunControl | null)[] = [null, 'pause', 'park', 'stop', 'stop_now'];
const ITEM_STATUSES: readonly ItemStatus[] = ['todo', 'in_progress', 'done', 'blocked'];

function facts(changes: Partial<WhyFacts> = {}): WhyFacts {
  return {
    run: runWith(),
    hosted: true,
    approval: undefined,
    items: [],
    sessions: 0,
    phase: 'implement',
    now: NOW,
    ...changes,
  };
}

const approval: Approval = {
  id: 'run-1/ideation/1',
  projectId: 'project-1',
  runId: 'run-1',
  phase: 'ideation',
  attempt: 1,
  stateHash: 'h',
  question: 'Approve ideation: PRPs/plans/requirements.md?',
  askedAt: NOW,
  answer: null,
};

/** Every combination of what a run can be in and what may surround it. */
function* everyState(): Generator<WhyFacts> {
  for (const status of STATUSES)
    for (const control of CONTROLS)
      for (const hosted of [true, false])
        for (const reason of [null, 'because of this'])
          for (const phase of [null, ...PHASES])
            for (const sessions of [0, 2])
              for (const items of [[], ITEM_STATUSES.map((one) => anItem({ status: one }))])
                for (const asked of [undefined, approval]) {
                  const run = runWith({ status, control, reason });
                  yield facts({ run, hosted, phase, sessions, items, approval: asked });
                }
}

test('I9 every state a run can be in has one cause and a next action', () => {
  let seen = 0;
  for (const state of everyState()) {
    const { cause, action } = whyRun(state);
    const complete = cause.trim() !== '' && action.trim() !== '';
    if (!complete || /undefined|null|\[object/.test(`${cause} ${action}`))
      expect({ state, cause, action }).toBe('a cause and an action');
    seen += 1;
  }
  expect(seen).toBeGreaterThan(10_000);
});

test('I9 every state an item can be in has one cause and a next action', () => {
  for (const status of ITEM_STATUSES)
    for (const reason of [null, 'because of this'])
      for (const notBefore of [null, NOW, LATER])
        for (const other of ITEM_STATUSES) {
          const base = anItem({ key: 'BASE-1', status: other });
          const item = anItem({ status, reason, notBefore, dependencies: ['BASE-1'] });
          const { cause, action } = whyItem(item, { items: [base, item], now: NOW });
          expect(cause).toContain('API-1');
          expect(action).not.toBe('');
        }
});

test.each<[string, WhyFacts, RegExp]>([
  ['a live run that nobody carries out', facts({ hosted: false }), /no process carries it out/],
  [
    'a run whose reason is known',
    facts({ run: runWith({ status: 'limited', reason: 'budget of $5 reached' }) }),
    /^budget of \$5 reached$/,
  ],
  [
    'a stop under way',
    facts({ run: runWith({ control: 'stop_now' }), sessions: 2 }),
    /request to stop now .* 2 sessions/,
  ],
  ['sessions at work', facts({ sessions: 3 }), /3 sessions in implement/],
  [
    'an approval',
    facts({ run: runWith({ status: 'waiting_approval' }), approval }),
    /Approve ideation: PRPs/,
  ],
  ['a phase between two sessions', facts({ phase: 'testing' }), /Works on testing/],
])('I9 the cause is the true one: %s', (_, state, cause) => {
  expect(whyRun(state).cause).toMatch(cause);
});

test('I9 a run that cannot go on by itself names the command that makes it go on', () => {
  const ended: readonly RunStatus[] = ['failed', 'limited', 'paused', 'stopped'];
  for (const status of ended)
    expect(whyRun(facts({ run: runWith({ status }) })).action).toContain('harness resume');
  expect(whyRun(facts({ hosted: false })).action).toContain('harness resume');
});

test('I9 a run that waits for items names the one the others wait for', () => {
  const items = [
    anItem({ key: 'LAST-1', dependencies: ['API-1'] }),
    anItem({ notBefore: LATER, reason: 'weekly limit' }),
  ];
  expect(whyRun(facts({ items })).cause).toBe(`API-1 is parked until ${LATER}: weekly limit`);
});

function why(item: Partial<WorkItem>, ...others: readonly WorkItem[]): Why {
  const one = anItem(item);
  return whyItem(one, { items: [one, ...others], now: NOW });
}

test.each<[string, Why, string]>([
  ['done', why({ status: 'done', commit: 'c0ffee' }), 'API-1 is done: c0ffee.'],
  ['blocked', why({ status: 'blocked', reason: 'red' }), 'API-1 is blocked: red'],
  ['under way', why({ status: 'in_progress', attempts: 2 }), 'An agent works on API-1 (try 2).'],
  [
    'behind an open item',
    why({ dependencies: ['DB-1'] }, anItem({ key: 'DB-1' })),
    'API-1 waits for DB-1.',
  ],
  [
    'behind a blocked item',
    why({ dependencies: ['DB-1', 'UI-1'] }, anItem({ key: 'DB-1', status: 'blocked' })),
    'API-1 waits for DB-1, which is blocked.',
  ],
  [
    'waiting for a time',
    why({ notBefore: LATER, reason: 'weekly limit' }),
    `API-1 is parked until ${LATER}: weekly limit`,
  ],
  ['past that time', why({ notBefore: NOW }), 'API-1 is ready and waits for a free agent.'],
  [
    'behind a finished item',
    why({ dependencies: ['DB-1'] }, anItem({ key: 'DB-1', status: 'done' })),
    'API-1 is ready and waits for a free agent.',
  ],
])('an item that is %s says so', (_, { cause }, expected) => {
  expect(cause).toBe(expected);
});
