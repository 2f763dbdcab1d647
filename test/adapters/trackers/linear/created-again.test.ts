import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { newItem } from '../../../contracts/tracker-given.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

test('I6 what people wrote after a crash in the middle of creating stays when it is created again', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const project = randomUUID();
  const items = [
    newItem({ key: 'EDITED', description: '* as planned' }),
    newItem({ key: 'TOUCHED', title: `Long ${'x'.repeat(250)}`, parent: 'GONE' }),
    newItem({ key: 'FREED', parent: 'TOP' }),
    newItem({ key: 'LEFT', title: `Long ${'y'.repeat(250)}`, description: '* as planned' }),
  ];
  await aLinearTracker(fake, { project }).create([newItem({ key: 'TOP' })]);
  fake.faults.order({ kind: 'hang_up', on: 'attachmentCreate', times: 3 });
  const dead = aLinearTracker(fake, { project, pause: () => Promise.resolve() });
  await expect(dead.create(items)).rejects.toMatchObject({ code: 'TRACKER_UNREACHABLE' });
  expect(fake.store.all('Attachment')).toHaveLength(1);

  const [, edited, touched, freed] = fake.store.all('Issue');
  if (edited === undefined || touched === undefined || freed === undefined)
    throw new Error('nothing was made');
  fake.store.update(edited, { title: 'Theirs', description: 'As they want it.', priority: 1 });
  fake.store.update(touched, { description: 'As they want it.' });
  fake.store.update(freed, { parentId: null });
  const tracker = aLinearTracker(fake, { project });
  await tracker.create(items);
  expect(await tracker.get('EDITED')).toMatchObject({
    title: 'Theirs',
    description: 'As they want it.',
    priority: 1,
  });
  const { title } = items[1] ?? {};
  expect(await tracker.get('TOUCHED')).toMatchObject({
    title,
    description: 'As they want it.',
    parent: 'GONE',
  });
  expect((await tracker.get('FREED')).parent).toBeNull();
  // What nobody touched is shown as it was given.
  expect(await tracker.get('LEFT')).toMatchObject({
    title: items[3]?.title,
    description: '* as planned',
  });
  expect(fake.store.all('Issue')).toHaveLength(5);
});
