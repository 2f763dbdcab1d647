import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { claimed, newItem } from '../../../contracts/tracker-given.ts';
import { idsOf } from '../../../support/linear/fields.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { Entity } from '../../../support/linear/store.ts';
import { aDetour } from './a-detour.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

function theIssue({ store }: FakeLinear): Entity {
  const [issue] = store.all('Issue');
  if (issue === undefined) throw new Error('there is no issue');
  return issue;
}

/** A person moves the only issue to the first state of this type. */
function drag(fake: FakeLinear, type: string): void {
  const state = fake.store.all('WorkflowState').find((one) => one['type'] === type);
  fake.store.update(theIssue(fake), { stateId: state?.id });
}

const typeOf = (fake: FakeLinear): unknown =>
  fake.store.get('WorkflowState', theIssue(fake)['stateId'])['type'];

async function aScene() {
  const fake = await startFakeLinear({ limits: NO_LIMITS });
  const detour = await aDetour(fake);
  const project = randomUUID();
  const other = aLinearTracker(fake, { project });
  const tracker = aLinearTracker(detour, { project });
  const stack = new AsyncDisposableStack();
  stack.use(fake);
  stack.use(detour);
  return { fake, detour, tracker, other, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The write of an edit, and of nothing else here. */
const EDIT = 'issueUpdate';

test('a label that a person adds, and one that they take away, between look and write, stay so', async () => {
  await using scene = await aScene();
  const { fake, detour, tracker } = scene;
  await tracker.create([newItem({ key: 'A', labels: ['old', 'theirs'] })]);
  const added = fake.store.insert('IssueLabel', { name: 'urgent', teamId: null });
  detour.before(EDIT, () => {
    const issue = theIssue(fake);
    const theirs = fake.store.all('IssueLabel').find(({ name }) => name === 'theirs');
    const kept = idsOf(issue['labelIds']).filter((id) => id !== theirs?.id);
    fake.store.update(issue, { labelIds: [...kept, added.id] });
  });
  await tracker.edit('A', { labels: ['new', 'theirs'] });
  expect((await tracker.get('A')).labels.toSorted()).toEqual(['new', 'urgent']);
});

test('an issue that a person completes while it is taken back stays completed', async () => {
  await using scene = await aScene();
  const { fake, detour, tracker } = scene;
  await tracker.create([newItem({ key: 'A' })]);
  await tracker.edit('A', { cancelled: true });
  detour.before(EDIT, () => drag(fake, 'completed'));
  await tracker.edit('A', { cancelled: false, title: 'Anew' });
  expect(typeOf(fake)).toBe('completed');
  expect(await tracker.get('A')).toMatchObject({ status: 'done', title: 'Anew' });
});

test('one that they complete while it is called off stays completed', async () => {
  await using scene = await aScene();
  const { fake, detour, tracker } = scene;
  await tracker.create([newItem({ key: 'A' })]);
  detour.before(EDIT, () => drag(fake, 'completed'));
  await tracker.edit('A', { cancelled: true });
  expect(await tracker.get('A')).toMatchObject({ status: 'done', cancelled: false });
});

test('one that they only move along meanwhile is called off all the same', async () => {
  await using scene = await aScene();
  const { fake, detour, tracker } = scene;
  await tracker.create([newItem({ key: 'A' })]);
  detour.before(EDIT, () => drag(fake, 'backlog'));
  await tracker.edit('A', { cancelled: true });
  expect(await tracker.get('A')).toMatchObject({ status: 'todo', cancelled: true });
});

test('I2 a claim that is made between look and write is not forgotten by the record', async () => {
  await using scene = await aScene();
  const { detour, tracker, other } = scene;
  await tracker.create([newItem({ key: 'A' })]);
  detour.before('attachmentUpdate', async () => void (await claimed(other, 'A')));
  const description = '* as it was given';
  await tracker.edit('A', { description });
  const shown = { status: 'in_progress', claim: { fence: 1 }, description };
  expect(await other.list()).toMatchObject([shown]);
  expect(await tracker.get('A')).toMatchObject(shown);
});
