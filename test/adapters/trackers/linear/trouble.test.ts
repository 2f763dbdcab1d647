import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { WorkTracker } from '../../../../src/work/tracker.ts';
import { endOfLimit } from '../../../../src/work/tracker.ts';
import { claimed, newItem } from '../../../contracts/tracker-given.ts';
import { FAKE_KEY, NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

const quick = { pause: () => Promise.resolve() };

async function endOf(work: Promise<unknown>): Promise<Error & { code?: string; exit?: number }> {
  const end: unknown = await work.then(
    () => new Error('it went well'),
    (error: unknown) => error,
  );
  return end instanceof Error ? end : new Error(String(end));
}

/** Issues of other people. */
function fill({ store }: FakeLinear, count: number): void {
  for (let made = 0; made < count; made += 1) store.insert('Issue', { title: 'Theirs' });
}

const writes = ({ log }: FakeLinear): readonly string[] =>
  log.flatMap(({ fields }) => fields.filter((field) => /(?:Create|Update)$/.test(field)));

describe('before the first write', () => {
  test('a wrong key ends with status 4 and says where to make another, without saying the key', async () => {
    await using fake = await startFakeLinear();
    const end = await endOf(aLinearTracker(fake, { apiKey: 'lin_api_hunter2' }).prepare());
    expect(end).toMatchObject({ code: 'TRACKER_DENIED', exit: 4 });
    expect(end.message).toContain('LINEAR_API_KEY');
    expect(end.message).toContain('https://linear.app/YOUR-TEAM/settings/api');
    expect(end.message).not.toContain('hunter2');
  });

  test('a key that may only read is told before anything is planned', async () => {
    await using fake = await startFakeLinear({ keys: { lin_read: 'read' } });
    const end = await endOf(aLinearTracker(fake, { apiKey: 'lin_read' }).prepare());
    expect(end).toMatchObject({ code: 'TRACKER_DENIED', exit: 4 });
    expect(end.message).toContain('write');
    expect(fake.store.all('Project')).toEqual([]);
  });

  test.each([
    ['no team at all', { teams: [] }, {}, /sees no team/],
    [
      'two teams and none chosen',
      {
        teams: [
          { key: 'ENG', name: 'E' },
          { key: 'OPS', name: 'O' },
        ],
      },
      {},
      /backend\.linear_team to one of .*ENG/,
    ],
    ['a team that is not there', {}, { team: 'NOPE' }, /no team NOPE/],
    [
      'a team without a completed state',
      {
        states: [
          { name: 'A', type: 'unstarted' },
          { name: 'B', type: 'started' },
        ],
      },
      {},
      /no state of type completed/,
    ],
    ['a project id that is not there', {}, { linearProject: randomUUID() }, /no project/],
  ])('%s ends with status 2', async (...[, fakeOrder, order, words]) => {
    await using fake = await startFakeLinear(fakeOrder);
    const end = await endOf(aLinearTracker(fake, order).prepare());
    expect(end).toMatchObject({ code: 'TRACKER_MISPLACED', exit: 2 });
    expect(end.message).toMatch(words);
    expect(writes(fake)).toEqual([]);
  });

  test('a team is found by its key, and states by their type whatever they are called', async () => {
    await using fake = await startFakeLinear({
      teams: [
        { key: 'ENG', name: 'E' },
        { key: 'OPS', name: 'O' },
      ],
      states: [
        { name: 'Später', type: 'backlog' },
        { name: 'Done', type: 'unstarted' },
        { name: 'Todo', type: 'started' },
        { name: 'Fertig', type: 'completed' },
        { name: 'Weg', type: 'canceled' },
      ],
    });
    const tracker = aLinearTracker(fake, { team: 'ops' });
    await tracker.create([newItem({ key: 'A' })]);
    await tracker.finish(await claimed(tracker, 'A'), 'done');
    expect((await tracker.get('A')).status).toBe('done');
    const [issue] = fake.store.all('Issue');
    const state = fake.store.get('WorkflowState', issue?.['stateId']);
    expect(state['name']).toBe('Fertig');
    expect(fake.store.get('Team', issue?.['teamId'])['key']).toBe('OPS');
  });

  test('a full free plan is refused before anything is planned', async () => {
    await using fake = await startFakeLinear({ issueQuota: 250, limits: NO_LIMITS });
    fill(fake, 250);
    const end = await endOf(aLinearTracker(fake).prepare());
    expect(end).toMatchObject({ code: 'TRACKER_FULL', exit: 2 });
    expect(writes(fake)).toEqual([]);
  });

  test('items that the free plan has no room for are not begun to be created', async () => {
    await using fake = await startFakeLinear({ issueQuota: 250, limits: NO_LIMITS });
    const tracker = aLinearTracker(fake);
    fill(fake, 240);
    const more = Array.from({ length: 30 }, (_, at) => newItem({ key: `J-${at}` }));
    const end = await endOf(tracker.create(more));
    expect(end.message).toMatch(/250 issues: there are 240, and 30 more/);
    expect(fake.store.all('Issue')).toHaveLength(240);
  });
});

describe('limits', () => {
  test('what the hour allows is not asked for beyond, and the error says until when', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    fake.drainLimits();
    const end = await endOf(tracker.list());
    expect(end).toMatchObject({ code: 'TRACKER_LIMITED', exit: 75 });
    expect(Date.parse(endOfLimit(end) ?? '')).toBeGreaterThan(Date.now());
    const asked = fake.log.length;
    for (let again = 0; again < 5; again += 1) await endOf(tracker.list());
    expect(fake.log).toHaveLength(asked);
  });

  test('a short limit is waited for, as long as the headers say', async () => {
    const clock = { now: Date.now() };
    const now = (): number => clock.now;
    await using fake = await startFakeLinear({
      now,
      limits: { requests: 8, points: 100_000, windowMs: 2000 },
    });
    const waits: number[] = [];
    const pause = (ms: number): Promise<void> => {
      waits.push(ms);
      clock.now += ms;
      return Promise.resolve();
    };
    const tracker = aLinearTracker(fake, { now, pause });
    await tracker.create([newItem({ key: 'A' })]);
    await tracker.finish(await claimed(tracker, 'A'), 'done');
    expect((await tracker.get('A')).status).toBe('done');
    expect(waits.length).toBeGreaterThan(0);
    expect(fake.log.filter(({ outcome }) => outcome === 'RATELIMITED')).toEqual([]);
  });

  test('a refusal without any header is not asked again for a minute', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.list();
    fake.faults.order({ kind: 'ratelimited' });
    const end = await endOf(tracker.list());
    expect(end).toMatchObject({ code: 'TRACKER_LIMITED' });
  });

  test('no question costs more than Linear allows, and more than two pages of items are read whole', async () => {
    await using fake = await startFakeLinear({ limits: NO_LIMITS });
    const tracker = aLinearTracker(fake);
    const items = Array.from({ length: 220 }, (_, at) => newItem({ key: `I-${at}` }));
    await tracker.create(items);
    expect(await tracker.list()).toHaveLength(220);
    await claimed(tracker, 'I-7');
    expect(Math.max(...fake.log.map(({ points }) => points))).toBeLessThan(5000);
    const before = fake.log.length;
    expect((await tracker.list()).find(({ key }) => key === 'I-7')?.status).toBe('in_progress');
    expect(fake.log.length - before).toBeLessThanOrEqual(3);
  });
});

describe('answers that are none', () => {
  const kinds = ['hang_up', 'server_error', 'web_page', 'cut_json', 'wrong_shape'] as const;

  test.each(kinds)('%s: is asked again, and then said clearly', async (kind) => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake, quick);
    await tracker.create([newItem({ key: 'A' })]);
    fake.faults.order({ kind, on: 'issues', times: 1 });
    const once = await endOf(tracker.get('A').then(() => Promise.reject(new Error('fine'))));
    expect(once.message).toMatch(kind === 'wrong_shape' ? /does not answer as it should/ : /fine/);
    fake.faults.order({ kind, on: 'issues', times: 20 });
    const end = await endOf(tracker.get('A'));
    expect(end).toMatchObject({ code: 'TRACKER_UNREACHABLE', exit: 75 });
    expect(end.message).not.toContain(FAKE_KEY);
  });

  test.each(['silence', 'drip'] as const)(
    '%s: is waited for no longer than was said, asked no second time, and then rested',
    async (kind) => {
      await using fake = await startFakeLinear();
      const project = randomUUID();
      await aLinearTracker(fake, { project }).create([newItem({ key: 'A' })]);
      const tracker = aLinearTracker(fake, { project, patience: 300 });
      await tracker.list();
      fake.faults.order({ kind, times: 20 });
      const asked = fake.log.length;
      const began = performance.now();
      const end = await endOf(tracker.comment('A', { id: '1', author: 'agent', text: 'Begun.' }));
      expect(performance.now() - began).toBeLessThan(3000);
      expect(end).toMatchObject({ code: 'TRACKER_UNREACHABLE', exit: 75 });
      expect(end.message).toMatch(/no whole answer within 0\.3 s.*it is asked again/u);
      await endOf(tracker.list());
      expect(fake.log.length - asked).toBe(1);
      fake.faults.clear();
      const later = aLinearTracker(fake, { project });
      await later.comment('A', { id: '1', author: 'agent', text: 'Begun.' });
      expect((await later.comments('A')).map(({ text }) => text)).toEqual(['Begun.']);
    },
  );

  test('nobody listens there', async () => {
    const tracker = aLinearTracker({ apiUrl: 'http://127.0.0.1:9/graphql' }, quick);
    expect(await endOf(tracker.list())).toMatchObject({ code: 'TRACKER_UNREACHABLE' });
  });

  test("Linear's own no is passed on in its words, without control characters", async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake, quick);
    await tracker.create([newItem({ key: 'A' })]);
    const extensions = { code: 'INPUT_ERROR', userPresentableMessage: 'Not \u001b[2J today.' };
    fake.faults.order({
      kind: 'graphql_error',
      on: 'issueUpdate',
      error: { message: 'no', extensions },
    });
    const end = await endOf(tracker.edit('A', { title: 'B' }));
    expect(end).toMatchObject({ code: 'TRACKER_REFUSED', exit: 2 });
    expect(end.message).toContain('Not  [2J today.');
  });
});

/** Does it, with the answer to its nth write lost, and again as after a crash. */
async function twice(fake: FakeLinear, nth: number, work: () => Promise<unknown>): Promise<void> {
  fake.faults.order({ kind: 'lost_answer', after: nth });
  await work();
  fake.faults.clear();
  await work();
}

describe('nothing is lost or doubled', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'when the answer to request %i is lost',
    async (nth) => {
      await using fake = await startFakeLinear();
      const project = randomUUID();
      const open = (): WorkTracker => aLinearTracker(fake, { project, ...quick });
      const items = [
        newItem({ key: 'A' }),
        newItem({ key: 'B', dependencies: ['A'], labels: ['ui'] }),
      ];
      await twice(fake, nth, () => open().create(items));
      const said = { id: '1', author: 'agent', text: 'Begun.' };
      await twice(fake, nth, () => open().comment('A', said));
      await twice(fake, nth % 4, () => open().claim('A', 'me'));
      const { claim } = await open().get('A');
      expect(claim).toMatchObject({ owner: 'me', fence: 1 });
      if (claim !== null) await twice(fake, nth % 4, () => open().finish(claim, 'done'));
      const tracker = open();
      expect((await tracker.list()).map(({ key, status }) => `${key} ${status}`)).toEqual([
        'A done',
        'B todo',
      ]);
      expect((await tracker.comments('A')).map(({ text }) => text)).toEqual(['Begun.']);
      const count = (kind: Parameters<FakeLinear['store']['all']>[0]): number =>
        fake.store.all(kind).length;
      expect([count('Project'), count('Issue'), count('Attachment')]).toEqual([1, 2, 2]);
      // One comment, one claim, one end.
      expect([count('IssueRelation'), count('Comment')]).toEqual([1, 3]);
    },
  );

  test('of the same items created by 4 callers at once there is one each', async () => {
    await using fake = await startFakeLinear();
    const project = randomUUID();
    const items = Array.from({ length: 30 }, (_, at) => newItem({ key: `I-${at}`, labels: ['x'] }));
    await Promise.all(
      Array.from({ length: 4 }, () => aLinearTracker(fake, { project }).create(items)),
    );
    expect(fake.store.all('Issue')).toHaveLength(30);
    expect(fake.store.all('Project')).toHaveLength(1);
    expect(await aLinearTracker(fake, { project }).list()).toHaveLength(30);
  });
});
