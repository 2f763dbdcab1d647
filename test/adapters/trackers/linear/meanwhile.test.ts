import { describe, expect, test } from 'vitest';
import type { TrackerClaim, WorkTracker } from '../../../../src/work/tracker.ts';
import { claimed, newItem } from '../../../contracts/tracker-given.ts';
import { startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { Entity } from '../../../support/linear/store.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

function theIssue({ store }: FakeLinear): Entity {
  const [issue] = store.all('Issue');
  if (issue === undefined) throw new Error('there is no issue');
  return issue;
}

const stateOf = (fake: FakeLinear): unknown =>
  fake.store.get('WorkflowState', theIssue(fake)['stateId'])['type'];

const moving = (type: string) => (fake: FakeLinear) => {
  const { store } = fake;
  const states = store.all('WorkflowState');
  const state = states.find((one) => one['type'] === type);
  const { id } = state ?? store.insert('WorkflowState', { ...states[0], id: undefined, type });
  store.update(theIssue(fake), { stateId: id });
};

/**
 * Between a look of the harness and what it writes then: once its comment about the claim, or its record
 * of it, has arrived, which is when Linear carries out the write that moves the issue.
 */
function meanwhile(
  fake: FakeLinear,
  at: 'Comment' | 'Attachment',
  does: (fake: FakeLinear) => void,
): void {
  let done = false;
  fake.store.onChange(({ entity }) => {
    if (done || entity.kind !== at) return;
    done = true;
    does(fake);
  });
}

const WRITES: Readonly<
  Record<string, (tracker: WorkTracker, claim: TrackerClaim) => Promise<unknown>>
> = {
  'gives it back': (tracker, claim) => tracker.release(claim),
  'ends it': (tracker, claim) => tracker.finish(claim, 'done'),
  'blocks it': (tracker, claim) => tracker.finish(claim, 'blocked'),
};

describe.each(['Comment', 'Attachment'] as const)('in the moment of its %s', (at) => {
  test.each([
    ['canceled', { cancelled: true }],
    ['duplicate', { cancelled: true }],
    ['completed', { status: 'done', cancelled: false }],
  ])(
    'an issue that a person moves to %s while the harness claims it stays there',
    async (...[type, shown]) => {
      await using fake = await startFakeLinear();
      const tracker = aLinearTracker(fake);
      await tracker.create([newItem({ key: 'A' })]);
      meanwhile(fake, at, moving(type));
      await tracker.claim('A', 'agent');
      expect(stateOf(fake)).toBe(type);
      expect(await tracker.get('A')).toMatchObject(shown);
      expect(await tracker.list()).toMatchObject([shown]);
    },
  );

  test.each(Object.keys(WRITES))(
    'an issue that a person cancels while the harness %s stays cancelled',
    async (name) => {
      await using fake = await startFakeLinear();
      const tracker = aLinearTracker(fake);
      await tracker.create([newItem({ key: 'A' })]);
      const claim = await claimed(tracker, 'A');
      meanwhile(fake, at, moving('canceled'));
      await WRITES[name]?.(tracker, claim);
      expect(stateOf(fake)).toBe('canceled');
      expect((await tracker.get('A')).cancelled).toBe(true);
    },
  );

  test('one that they take back in that moment is done when it is done', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    const claim = await claimed(tracker, 'A');
    moving('canceled')(fake);
    meanwhile(fake, at, moving('unstarted'));
    await tracker.finish(claim, 'done');
    expect(stateOf(fake)).toBe('completed');
    expect(await tracker.get('A')).toMatchObject({ status: 'done', cancelled: false });
  });

  test('what they write then, and where they move it, stays', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    meanwhile(fake, at, ({ store }) => {
      store.update(theIssue(fake), { title: 'Theirs', description: 'Anew.', priority: 1 });
      store.update(theIssue(fake), { projectId: null });
    });
    await tracker.claim('A', 'agent');
    const theirs = { title: 'Theirs', description: 'Anew.', priority: 1, cancelled: true };
    expect(await tracker.get('A')).toMatchObject(theirs);
  });
});

test.each(['Issue', 'Attachment'] as const)(
  'the %s that they delete then is gone, and no write is refused for it',
  async (kind) => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' }), newItem({ key: 'B' })]);
    const claim = await claimed(tracker, 'A');
    const { id } = theIssue(fake);
    meanwhile(fake, 'Comment', ({ store }) => {
      for (const one of store.all(kind))
        if ([one.id, one['issueId']].includes(id)) store.remove(one);
    });
    await expect(tracker.finish(claim, 'done')).rejects.toMatchObject({ code: 'ITEM_UNKNOWN' });
    await expect(tracker.get('A')).rejects.toMatchObject({ code: 'ITEM_UNKNOWN' });
    expect((await tracker.get('B')).status).toBe('todo');
  },
);

test('the label Blocked that they add while an agent works holds once it is given back', async () => {
  await using fake = await startFakeLinear();
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  const claim = await claimed(tracker, 'A');
  const { id } = fake.store.insert('IssueLabel', { name: 'Blocked', teamId: null });
  fake.store.update(theIssue(fake), { labelIds: [id] });
  expect((await tracker.get('A')).status).toBe('in_progress');
  await tracker.release(claim);
  expect((await tracker.get('A')).status).toBe('blocked');
  await tracker.move('A', 'todo');
  await tracker.finish(await claimed(tracker, 'A'), 'done');
  expect(await tracker.get('A')).toMatchObject({ status: 'done', labels: [] });
});

test('a state that they remove from the workflow parks once, and the next look takes another', async () => {
  await using fake = await startFakeLinear();
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  const states = fake.store.all('WorkflowState');
  const started = states.find(({ type }) => type === 'started');
  const other = fake.store.insert('WorkflowState', { ...started, id: undefined, name: 'Doing' });
  if (started !== undefined) fake.store.remove(started);
  await expect(tracker.claim('A', 'agent')).rejects.toMatchObject({
    code: 'TRACKER_GONE',
    exit: 2,
    message: expect.stringMatching(/WorkflowState.*Mend that in Linear/u),
  });
  expect((await tracker.get('A')).claim).toMatchObject({ owner: 'agent' });
  const { claim } = await tracker.get('A');
  if (claim !== null) await tracker.release(claim);
  await claimed(tracker, 'A');
  expect(theIssue(fake)['stateId']).toBe(other.id);
});

test('what they move to started is under way without a claim, is taken all the same when it was given out, and is done then', async () => {
  await using fake = await startFakeLinear();
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  moving('started')(fake);
  expect(await tracker.list()).toMatchObject([{ status: 'in_progress', claim: null }]);
  expect(await tracker.claim('A', 'agent')).toBeUndefined();
  const claim = await tracker.take('A', 'agent');
  expect(await tracker.get('A')).toMatchObject({ status: 'in_progress', claim });
  if (claim !== undefined) await tracker.finish(claim, 'done');
  expect(stateOf(fake)).toBe('completed');
  expect(await tracker.get('A')).toMatchObject({ status: 'done', claim: null });
});
