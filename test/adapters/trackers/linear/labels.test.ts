import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { newItem } from '../../../contracts/tracker-given.ts';
import { fieldOf } from '../../../support/linear/fields.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

/** The group `Area` with the labels `ui` and `api`. */
function group({ store }: FakeLinear): void {
  const parent = store.insert('IssueLabel', { name: 'Area', teamId: null, isGroup: true });
  for (const name of ['ui', 'api'])
    store.insert('IssueLabel', { name, teamId: null, parentId: parent.id });
}

function shownIn({ store }: FakeLinear): unknown {
  return store.all('Issue').map((issue) => {
    const labels = fieldOf(store, issue, 'labels');
    return Array.isArray(labels) ? labels.map((label) => Reflect.get(Object(label), 'name')) : [];
  });
}

test('an item keeps labels that its issue can not have: a group, and a second one of a group', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  group(fake);
  const project = randomUUID();
  const tracker = aLinearTracker(fake, { project });
  const labels = ['area', 'ui', 'api', 'own'];
  await tracker.create([newItem({ key: 'A', labels })]);
  expect(shownIn(fake)).toEqual([['ui', 'own']]);
  for (const one of [tracker, aLinearTracker(fake, { project })])
    expect((await one.get('A')).labels).toEqual(labels);

  await tracker.edit('A', { labels: ['api', 'ui', 'AREA'] });
  expect(shownIn(fake)).toEqual([['api']]);
  await tracker.edit('A', { priority: 1 });
  expect((await tracker.get('A')).labels).toEqual(['api', 'ui', 'AREA']);
  await tracker.edit('A', { labels: ['own'] });
  expect((await tracker.get('A')).labels).toEqual(['own']);
});

test('a group that is called as the label that blocks is told before anything is planned', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  fake.store.insert('IssueLabel', { name: 'blocked', teamId: null, isGroup: true });
  await expect(aLinearTracker(fake).prepare()).rejects.toMatchObject({
    code: 'TRACKER_MISPLACED',
    exit: 2,
    message: expect.stringMatching(/group of labels called Blocked.*rename the group/u),
  });
});
