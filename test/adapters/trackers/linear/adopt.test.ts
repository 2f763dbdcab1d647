import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { issueOf, WRITES } from '../../../support/linear/write.ts';
import type { Writing } from '../../../support/linear/write.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

function writingIn({ store }: FakeLinear): Writing {
  return { store, viewerId: store.all('User')[0]?.id ?? '', issueQuota: null };
}

/** An issue that a person, or an agent with Linear's own tools, made in the project. */
function byHand(fake: FakeLinear, input: object): void {
  const { store } = fake;
  const [project] = store.all('Project');
  const [team] = store.all('Team');
  WRITES['issueCreate']?.(writingIn(fake), {
    input: { teamId: team?.id, projectId: project?.id, ...input },
  });
}

async function aScene() {
  const fake = await startFakeLinear({ limits: NO_LIMITS });
  const project = randomUUID();
  const tracker = aLinearTracker(fake, { project });
  await tracker.prepare();
  return { fake, project, tracker };
}

test('what people made in the project becomes items, under its own names, once', async () => {
  const { fake, project, tracker } = await aScene();
  await using _ = fake;
  byHand(fake, { title: 'By hand', description: 'As said.', priority: 2 });
  expect(await tracker.list()).toEqual([]);
  await Promise.all([tracker.adopt(), aLinearTracker(fake, { project }).adopt()]);
  await tracker.adopt();
  expect(await tracker.list()).toMatchObject([
    { key: 'ENG-1', title: 'By hand', description: 'As said.', priority: 2, status: 'todo' },
  ]);
  expect(fake.store.all('Issue')).toHaveLength(1);
  expect(fake.store.all('Attachment')).toHaveLength(1);
});

test('another process claims, comments on and finishes it, and one claim wins', async () => {
  const { fake, project, tracker } = await aScene();
  await using _ = fake;
  byHand(fake, { title: 'By hand' });
  await tracker.adopt();
  const [one, two] = [aLinearTracker(fake, { project }), aLinearTracker(fake, { project })];
  const claims = await Promise.all([one.claim('ENG-1', 'a'), two.claim('ENG-1', 'b')]);
  const held = claims.find((claim) => claim !== undefined);
  expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  await one.comment('ENG-1', { id: 'c', author: 'harness', text: 'Built.' });
  if (held !== undefined) await two.finish(held, 'done');
  const issue = issueOf(fake.store, 'ENG-1');
  expect(fake.store.get('WorkflowState', issue['stateId'])['type']).toBe('completed');
  expect(await one.comments('ENG-1')).toMatchObject([{ id: 'c', text: 'Built.' }]);
  expect(await one.list()).toMatchObject([{ key: 'ENG-1', status: 'done' }]);
});

test('a record that was copied to another issue makes no item of it', async () => {
  const { fake, tracker } = await aScene();
  await using _ = fake;
  byHand(fake, { title: 'First' });
  await tracker.adopt();
  byHand(fake, { title: 'Second' });
  const [record] = fake.store.all('Attachment');
  const second = issueOf(fake.store, 'ENG-2');
  WRITES['attachmentCreate']?.(writingIn(fake), {
    input: {
      issueId: second.id,
      url: `https://harness.invalid/item/${second.id}`,
      title: 'copied',
      metadata: record?.['metadata'],
    },
  });
  expect((await tracker.list()).map(({ key }) => key)).toEqual(['ENG-1']);
});
