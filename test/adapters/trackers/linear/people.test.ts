import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { claimed, newItem } from '../../../contracts/tracker-given.ts';
import { idsOf } from '../../../support/linear/fields.ts';
import { startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { Entity } from '../../../support/linear/store.ts';
import { issueOf, WRITES } from '../../../support/linear/write.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

const quick = { pause: () => Promise.resolve() };

function onlyIssue({ store }: FakeLinear): Entity {
  const [issue, ...others] = store.all('Issue');
  if (issue === undefined || others.length > 0) throw new Error('one issue was meant');
  return issue;
}

/** As a person does it: to the first state of this type. */
function drag(fake: FakeLinear, type: string): void {
  const state = fake.store.all('WorkflowState').find((one) => one['type'] === type);
  fake.store.update(onlyIssue(fake), { stateId: state?.id });
}

function remove(fake: FakeLinear, begins: string): void {
  for (const comment of fake.store.all('Comment'))
    if (String(comment['body']).startsWith(begins)) fake.store.remove(comment);
}

/** Issues by the keys of their items. */
function byKey({ store }: FakeLinear, key: string): Entity {
  const record = store.all('Attachment').find(({ title }) => title === `Work item ${key}`);
  return store.get('Issue', record?.['issueId']);
}

function relate(
  fake: FakeLinear,
  {
    issue,
    blocks,
    type = 'blocks',
  }: Readonly<Record<'issue' | 'blocks', string>> & {
    readonly type?: string;
  },
): Entity {
  const ids = { issueId: byKey(fake, issue).id, relatedIssueId: byKey(fake, blocks).id };
  return fake.store.insert('IssueRelation', { ...ids, type });
}

describe('what people do in Linear', () => {
  test.each([
    ['backlog', 'todo', false],
    ['unstarted', 'todo', false],
    ['started', 'in_progress', false],
    ['completed', 'done', false],
    ['canceled', 'todo', true],
  ])('an issue that nobody holds, moved to %s, is %s', async (...[type, status, cancelled]) => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    drag(fake, type);
    expect(await tracker.get('A')).toMatchObject({ status, cancelled, claim: null });
    expect(await tracker.list()).toMatchObject([{ status, cancelled }]);
    const claimable = status === 'todo' && !cancelled;
    expect((await tracker.claim('A', 'o')) !== undefined).toBe(claimable);
  });

  test('I2 a claim holds wherever they move it, but their "completed" and "cancelled" stay', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    const claim = await claimed(tracker, 'A');
    drag(fake, 'unstarted');
    expect(await tracker.get('A')).toMatchObject({ status: 'in_progress', claim });
    expect(await tracker.claim('A', 'other')).toBeUndefined();
    drag(fake, 'completed');
    expect(await tracker.get('A')).toMatchObject({ status: 'done', claim });
    drag(fake, 'canceled');
    await tracker.finish(claim, 'done');
    expect(await tracker.get('A')).toMatchObject({ status: 'done', cancelled: true, claim: null });
  });

  test('a text that they wrote counts, one that only Linear wrote otherwise does not', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    const description = '* one\r\n* two  ';
    await tracker.create([newItem({ key: 'A', description })]);
    expect(onlyIssue(fake)['description']).toBe('- one\n- two');
    expect((await tracker.get('A')).description).toBe(description);
    fake.store.update(onlyIssue(fake), { description: '- one\n- three' });
    expect((await tracker.get('A')).description).toBe('- one\n- three');
  });

  test('what they make block an item is waited for, and no more once they take that back', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A', priority: 1 }), newItem({ key: 'B' })]);
    const relation = relate(fake, { issue: 'B', blocks: 'A' });
    relate(fake, { issue: 'B', blocks: 'A', type: 'related' });
    expect((await tracker.next())?.key).toBe('B');
    expect((await tracker.get('A')).dependencies).toEqual(['B']);
    expect(await tracker.claim('A', 'o')).toBeUndefined();
    fake.store.remove(relation);
    expect((await tracker.next())?.key).toBe('A');
    expect(await tracker.claim('A', 'o')).toBeDefined();
  });

  test('an issue moved to another project is called off, by whoever looks, until it is back', async () => {
    await using fake = await startFakeLinear();
    const project = randomUUID();
    const tracker = aLinearTracker(fake, { project });
    await tracker.create([newItem({ key: 'A' }), newItem({ key: 'B' })]);
    await tracker.list();
    const home = fake.store.all('Project')[0];
    const away = fake.store.insert('Project', { name: 'Elsewhere', teamIds: [] });
    fake.store.update(issueOf(fake.store, 'ENG-1'), { projectId: away.id });
    expect(await tracker.list()).toMatchObject([
      { key: 'A', cancelled: true },
      { key: 'B', cancelled: false },
    ]);
    // A process that begins now finds it by its key only, and makes no item of what it finds elsewhere.
    const later = aLinearTracker(fake, { project });
    await later.adopt();
    expect(fake.store.all('Attachment')).toHaveLength(2);
    expect((await later.get('A')).cancelled).toBe(true);
    expect(await later.claim('A', 'o')).toBeUndefined();
    fake.store.update(issueOf(fake.store, 'ENG-1'), { projectId: home?.id });
    expect((await tracker.list()).filter(({ cancelled }) => cancelled)).toEqual([]);
    expect(await later.claim('A', 'o')).toBeDefined();
  });

  test('a parent that they choose is shown by its key, one that is no item by its identifier', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' }), newItem({ key: 'B', parent: 'A' })]);
    expect(issueOf(fake.store, 'ENG-2')['parentId']).toBe(issueOf(fake.store, 'ENG-1').id);
    fake.store.update(issueOf(fake.store, 'ENG-2'), { parentId: null });
    expect((await tracker.get('B')).parent).toBeNull();
    const [team] = fake.store.all('Team');
    const theirs = WRITES['issueCreate']?.(
      { store: fake.store, viewerId: '', issueQuota: null },
      { input: { teamId: team?.id, title: 'Theirs' } },
    );
    fake.store.update(issueOf(fake.store, 'ENG-2'), {
      parentId: Reflect.get(Object(theirs?.['issue']), 'id'),
    });
    expect((await tracker.get('B')).parent).toBe('ENG-3');
  });

  test('the label Blocked, in any case, blocks; labels of theirs are shown', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    const blocked = fake.store.insert('IssueLabel', { name: 'BLOCKED', teamId: null });
    const other = fake.store.insert('IssueLabel', { name: 'theirs', teamId: null });
    await tracker.create([newItem({ key: 'A', labels: ['ours'] })]);
    const labelIds = [blocked.id, other.id, ...idsOf(onlyIssue(fake)['labelIds'])];
    fake.store.update(onlyIssue(fake), { labelIds });
    expect(await tracker.get('A')).toMatchObject({
      status: 'blocked',
      labels: ['ours', 'theirs'],
    });
    await tracker.move('A', 'todo');
    expect((await tracker.get('A')).status).toBe('todo');
    expect(fake.store.all('IssueLabel')).toHaveLength(3);
  });

  test('what they delete is gone, and created again it stays gone', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    const items = ['A', 'B', 'C'].map((key) => newItem({ key }));
    await tracker.create(items);
    const [first, second] = fake.store.all('Issue');
    if (first !== undefined)
      fake.store.update(first, { trashed: true, archivedAt: first.createdAt });
    if (second !== undefined) fake.store.remove(second);
    expect((await aLinearTracker(fake, { project: randomUUID() }).list()).length).toBe(0);
    await tracker.create(items);
    await expect(tracker.get('A')).rejects.toThrow(/no work item "A"/);
    await expect(tracker.get('B')).rejects.toThrow(/no work item "B"/);
    expect((await tracker.get('C')).status).toBe('todo');
  });

  test('a comment of theirs is shown as theirs, also one that pretends to be a claim', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    const claim = await claimed(tracker, 'A');
    const body = String(fake.store.all('Comment')[0]?.['body']);
    const { id: issueId } = onlyIssue(fake);
    const userId = fake.store.all('User')[0]?.id;
    fake.store.insert('Comment', { issueId, userId, body: body.replace('claim 1', 'claim 2') });
    expect(await tracker.comments('A')).toMatchObject([{ author: 'ada' }]);
    expect((await tracker.get('A')).claim).toEqual(claim);
  });
});

describe('claims that a crash or a person broke', () => {
  test('I2 a claim whose maker died before it moved the issue holds, and is mended by the next', async () => {
    await using fake = await startFakeLinear();
    const project = randomUUID();
    const tracker = aLinearTracker(fake, { project, ...quick });
    await tracker.create([newItem({ key: 'A' })]);
    fake.faults.order({ kind: 'hang_up', on: 'issueUpdate', times: 3 });
    await expect(tracker.claim('A', 'dead')).rejects.toThrow(/does not answer/);
    const other = aLinearTracker(fake, { project });
    expect(await other.get('A')).toMatchObject({
      status: 'in_progress',
      claim: { owner: 'dead', fence: 1 },
    });
    expect(await other.claim('A', 'other')).toBeUndefined();
    expect(await other.list()).toMatchObject([{ status: 'in_progress', claim: { fence: 1 } }]);
  });

  test('I2 an end whose maker died before it moved the issue counts', async () => {
    await using fake = await startFakeLinear();
    const project = randomUUID();
    const tracker = aLinearTracker(fake, { project, ...quick });
    await tracker.create([newItem({ key: 'A' })]);
    const claim = await claimed(tracker, 'A');
    fake.faults.order({ kind: 'hang_up', on: 'issueUpdate', times: 3 });
    await expect(tracker.finish(claim, 'done')).rejects.toThrow(/does not answer/);
    const other = aLinearTracker(fake, { project });
    expect((await other.get('A')).status).toBe('done');
    await other.finish(claim, 'done');
    expect(await other.list()).toMatchObject([{ status: 'done', claim: null }]);
  });

  test('I2 the fence goes on past the claims that one look finds', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    for (let fence = 1; fence <= 14; fence += 1) {
      const claim = await claimed(tracker, 'A');
      expect(claim.fence).toBe(fence);
      await tracker.release(claim);
    }
  });

  test('I2 comments of claims that a person removed are not made again', async () => {
    await using fake = await startFakeLinear();
    const tracker = aLinearTracker(fake);
    await tracker.create([newItem({ key: 'A' })]);
    await tracker.release(await claimed(tracker, 'A'));
    remove(fake, 'Claimed by');
    remove(fake, 'Given back');
    expect((await tracker.get('A')).status).toBe('todo');
    const claim = await claimed(tracker, 'A');
    expect(claim.fence).toBe(2);
    remove(fake, 'Claimed by');
    expect(await tracker.get('A')).toMatchObject({ status: 'in_progress', claim });
    await tracker.finish(claim, 'done');
    expect((await tracker.get('A')).status).toBe('done');
  });
});
