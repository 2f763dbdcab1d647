import { expect, test } from 'vitest';
import { newItem } from '../../../contracts/tracker-given.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { issueOf } from '../../../support/linear/write.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

test('every block counts, however many relations an issue has', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const tracker = aLinearTracker(fake);
  const blockers = Array.from({ length: 60 }, (_, at) => `B-${at + 1}`);
  await tracker.create(['A', ...blockers].map((key) => newItem({ key })));
  const { id: relatedIssueId } = issueOf(fake.store, 'ENG-1');
  const issues = fake.store.all('Issue').filter(({ id }) => id !== relatedIssueId);
  const relate = (issueId: string, type: string): void =>
    void fake.store.insert('IssueRelation', { issueId, relatedIssueId, type });
  // The newest are read first, and block nothing.
  for (const { id } of issues) relate(id, 'blocks');
  for (const { id } of issues.slice(0, 12)) relate(id, 'related');
  const { dependencies } = await tracker.get('A');
  expect(dependencies.toSorted()).toEqual(blockers.toSorted());
  const first = (await tracker.list()).find(({ key }) => key === 'A');
  expect(first?.dependencies).toHaveLength(60);
  expect(await tracker.claim('A', 'o')).toBeUndefined();
  expect(Math.max(...fake.log.map(({ points }) => points))).toBeLessThan(6000);
});

test('a record is found behind younger links', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  const { id: issueId } = issueOf(fake.store, 'ENG-1');
  const [record] = fake.store.all('Attachment');
  for (let copy = 0; copy < 60; copy += 1)
    fake.store.insert('Attachment', {
      ...record,
      id: undefined,
      issueId,
      url: `https://harness.invalid/item/copy-${copy}`,
    });
  expect((await tracker.list()).map(({ key }) => key)).toEqual(['A']);
  expect((await tracker.get('A')).status).toBe('todo');
  expect(await tracker.claim('A', 'o')).toMatchObject({ fence: 1 });
});
