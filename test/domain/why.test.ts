import { expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.ts';
import { PHASES } from '../../src/domain/phase.ts';
import {
  leftWithPeople,
  RUN_STATUSES,
  type RunControl,
  type RunStatus,
} from '../../src/domain/run.ts';
import { whyItem, whyRun, type Why, type WhyFacts } from '../../src/domain/why.ts';
import { WITH_PERSON, type ItemStatus, type WorkItem } from '../../src/domain/work-item.ts';
import { anItem, runWith } from '../support/a-run.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const LATER = '2026-03-01T15:00:00.000Z';

const CONTROLS: readonly (RunControl | null)[] = [null, 'pause', 'park', 'stop', 'stop_now'];
const ITEM_STATUSES: readonly ItemStatus[] = ['todo', 'in_progress', 'done', 'blocked'];

function facts(changes: Partial<WhyFacts> = {}): WhyFacts {
  return {
    run: runWith(),
    hosted: true,
    labels: [],
    approvals: [],
    items: [],
    sessions: 0,
    checked: 0,
    phase: 'implement',
    unlanded: null,
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
  change: null,
  askedAt: NOW,
  answer: null,
};

const asked: Approval = {
  ...approval,
  id: 'run-1/implement/1/API-1',
  phase: 'implement',
  question: 'May API-1 change .npmrc (configures a package manager)?',
  change: { role: 'coder', itemKey: 'API-1', commit: 'c0ffee', files: [], diff: '' },
};

/** Every row of the one with every row of the other. */
function crossed<A, B>(some: readonly A[], others: readonly B[]): readonly (A & B)[] {
  return some.flatMap((one) => others.map((other) => ({ ...one, ...other })));
}

/** Every combination of what a run can be in and what may surround it. */
function everyState(): readonly WhyFacts[] {
  const runs = crossed(
    crossed(
      RUN_STATUSES.map((status) => ({ status })),
      CONTROLS.map((control) => ({ control })),
    ),
    [null, 'because of this'].map((reason) => ({ reason })),
  ).map((run) => ({ run: runWith(run) }));
  const items = ITEM_STATUSES.map((status) => anItem({ status }));
  const around = crossed(
    crossed(
      [{ hosted: true }, { hosted: false }, { hosted: false, labels: ['gpu'] }],
      [null, ...PHASES].map((phase) => ({ phase })),
    ),
    crossed(crossed([{ sessions: 0 }, { sessions: 2 }], [{ items: [] }, { items }]), [
      { approvals: [] },
      { approvals: [approval, asked] },
    ]),
  );
  return crossed(runs, around).map(facts);
}

test('I9 every state a run can be in has one cause and a next action', () => {
  const states = everyState();
  const bad = states.filter((state) => !isTold(whyRun(state)));
  expect(bad).toEqual([]);
  expect(states.length).toBeGreaterThan(10_000);
});

function isTold({ cause, action }: Why): boolean {
  const whole = cause.trim() !== '' && action.trim() !== '';
  return whole && !/undefined|null|\[object/.test(`${cause} ${action}`);
}

test('I9 every state an item can be in has one cause and a next action', () => {
  const items = crossed(
    crossed(
      ITEM_STATUSES.map((status) => ({ status })),
      [null, NOW, LATER].map((notBefore) => ({ notBefore })),
    ),
    [null, 'because of this'].map((reason) => ({ reason })),
  ).map((changes) => anItem({ ...changes, dependencies: ['BASE-1'] }));
  const bases = ITEM_STATUSES.map((status) => anItem({ key: 'BASE-1', status }));
  const bad = items.filter((item) =>
    bases.some(
      (base) => !isTold(whyItem(item, facts({ items: [base, item], approvals: [asked] }))),
    ),
  );
  expect(bad).toEqual([]);
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
    'sessions at work and others that are checked',
    facts({ sessions: 6, checked: 3 }),
    /Works: 3 at work, 3 being checked, in implement/,
  ],
  ['a session at work', facts({ sessions: 1 }), /Works: 1 session in implement/],
  [
    'an approval',
    facts({ run: runWith({ status: 'waiting_approval' }), approvals: [approval, asked] }),
    /Approve ideation: PRPs.*and 1 more/,
  ],
  ['a phase between two sessions', facts({ phase: 'testing' }), /Works on testing/],
])('I9 the cause is the true one: %s', (_, state, cause) => {
  expect(whyRun(state).cause).toMatch(cause);
});

test('I9 where only workers with labels are at work, that is said of the run and of what they leave', () => {
  const state = facts({ hosted: false, labels: ['gpu'], sessions: 1 });
  expect(whyRun(state)).toMatchObject({
    cause: 'The run is running, but only workers with labels (gpu) are at work; all else waits.',
    action: expect.stringMatching(/harness resume.*harness worker/),
  });
  const theirs = anItem({ status: 'in_progress', labels: ['GPU'] });
  expect(whyItem(theirs, state).cause).toMatch(/^An agent works on API-1/);
  expect(whyItem(anItem({ status: 'in_progress' }), state).cause).toMatch(/nobody works on it/);
  const stopped = { ...state, run: runWith({ control: 'stop' }) };
  expect(whyRun(stopped).cause).toMatch(/request to stop is being carried out/);
});

test('I9 a run that cannot go on by itself names the command that makes it go on', () => {
  const ended: readonly RunStatus[] = ['failed', 'limited', 'paused', 'stopped'];
  for (const status of ended)
    expect(whyRun(facts({ run: runWith({ status }) })).action).toContain('harness resume');
  expect(whyRun(facts({ hosted: false })).action).toContain('harness resume');
});

test('I9 a reason that says what to do is not followed by another remedy, nor the command said twice', () => {
  const away = "The model can't be reached: see to the network, then `harness resume`.";
  const full = 'no space left in /d: free some space there, then `harness resume`';
  for (const [status, reason, cause] of [
    [
      'paused',
      `2 errors in a row: ${away}; ${away}`,
      "2 errors in a row: The model can't be reached: see to the network; The model can't be reached: see to the network",
    ],
    ['limited', full, 'no space left in /d: free some space there'],
  ] as const)
    expect(whyRun(facts({ run: runWith({ status, reason }) }))).toEqual({
      cause,
      action: '`harness resume`',
    });
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
  return whyItem(one, facts({ items: [one, ...others] }));
}

test.each<[string, Why, string]>([
  ['done', why({ status: 'done', commit: 'c0ffee' }), 'API-1 is done: proved as c0ffee.'],
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

test('I9 an item of a run that is not at work says so, and names what to do', () => {
  const item = anItem({});
  const states: readonly (readonly [Partial<WhyFacts>, RegExp, RegExp])[] = [
    [{ run: runWith({ status: 'stopped' }) }, /nobody works on it: the run is stopped/, /resume/],
    [{ run: runWith({ status: 'paused' }) }, /the run is paused/, /resume/],
    [{ run: runWith({ status: 'failed', reason: 'red' }) }, /the run is failed: red/, /resume/],
    [
      { run: runWith({ status: 'waiting_approval' }), approvals: [approval] },
      /the run waits for an approval: Approve ideation/,
      /harness approve ideation/,
    ],
    [{ hosted: false }, /no process carries out the run/, /resume/],
    [
      { silent: { pid: 77, host: 'here' } },
      /nobody works on it: the run is running, but .*\(77 on here\) gives no sign of life/,
      /kill -CONT 77/,
    ],
    [
      { hosted: false, labels: ['gpu', 'mac'] },
      /nobody works on it: only workers with labels \(gpu, mac\) are at work/,
      /resume/,
    ],
  ];
  for (const [changes, cause, action] of states) {
    const told = whyItem(item, facts({ items: [item], ...changes }));
    expect(told.cause).toMatch(cause);
    expect(told.action).toMatch(action);
  }
  const begun = anItem({ status: 'in_progress' });
  const stopped = facts({ items: [begun], run: runWith({ status: 'stopped' }) });
  expect(whyItem(begun, stopped).cause).toMatch(/^API-1 was begun, but nobody works on it/);
});

test('I9 proved work that is not in the repository is said to be elsewhere', () => {
  const item = anItem({ status: 'done', commit: 'c0ffee' });
  const state = facts({
    items: [item],
    run: runWith({ status: 'completed' }),
    unlanded: { reason: 'uncommitted changes in a.js.', items: ['API-1'] },
  });
  for (const told of [whyRun(state), whyItem(item, state)]) {
    expect(told.cause).toMatch(/not in your repository yet: uncommitted changes in a\.js\.$/);
    expect(told.action).toContain('`harness land`');
  }
  const landed = anItem({ key: 'DB-1', status: 'done', commit: 'c0ffee' });
  expect(whyItem(landed, state).cause).toBe('DB-1 is done: proved as c0ffee.');
});

test('what depends on a skipped item goes on without it', () => {
  const base = anItem({ key: 'DB-1', status: 'blocked', reason: 'skipped by a person' });
  expect(why({ dependencies: ['DB-1'] }, base).cause).toMatch(/ready and waits for a free agent/);
  expect(whyItem(base, facts({ items: [base] })).cause).toBe(
    'DB-1 was skipped by a person; what depends on it goes on without it.',
  );
});

test('I9 an item whose change a person has to allow says so, and how to answer', () => {
  const item = anItem();
  const { cause, action } = whyItem(item, facts({ items: [item], approvals: [asked] }));
  expect(cause).toBe(
    'API-1 waits for a person: May API-1 change .npmrc (configures a package manager)?',
  );
  expect(action).toContain('`harness approve API-1`');
  expect(action).toContain('`harness reject API-1 --reason TEXT`');
});

test('what a person works on in the tracker is theirs to finish or give back, not to be retried', () => {
  const begun = anItem({
    key: 'API-1',
    status: 'blocked',
    reason: `${WITH_PERSON} in the tracker`,
  });
  const behind = anItem({ key: 'API-2', dependencies: ['API-1'] });
  const run = runWith({ status: 'limited', reason: leftWithPeople(['API-1']) });
  const given = facts({ run, items: [begun, behind] });
  const whys = [whyItem(begun, given), whyItem(behind, given), whyRun(given)];
  for (const { cause, action } of whys) {
    expect(cause).toMatch(/API-1/u);
    expect(cause).toMatch(/(?:a person works|people work) on/u);
    expect(action).toMatch(/^Mark it as done in the tracker, or move it back to todo there/u);
    expect(`${cause} ${action}`).not.toMatch(/retry|limit/u);
  }
  expect(whys.at(-1)?.action).toContain('`harness resume`');
});
