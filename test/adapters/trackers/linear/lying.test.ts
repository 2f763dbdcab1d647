import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { newItem } from '../../../contracts/tracker-given.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { serveHttp } from '../../../support/loopback.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

const quick = { pause: () => Promise.resolve() };

/** A Linear that answers everything in its own way, however it is asked. */
async function aLiar(answer: (response: ServerResponse, asked: number) => void) {
  let asked = 0;
  const { url, close } = await serveHttp((request, response) => {
    request.resume();
    request.on('end', () => answer(response, (asked += 1)));
  });
  return { apiUrl: `${url}/graphql`, asked: () => asked, [Symbol.asyncDispose]: close };
}

const say = (response: ServerResponse, data: unknown): void =>
  void response.end(JSON.stringify({ data }));

/** Everything at once: what is not asked for is not looked at. */
const WORLD = {
  organization: { subscription: { type: 'business' } },
  teams: { nodes: [{ id: 't', key: 'ENG', name: 'E' }] },
  workflowStates: {
    nodes: ['unstarted', 'started', 'completed', 'canceled'].map((type, position) => ({
      id: type,
      type,
      position,
    })),
  },
};

const HOME = '7a0d3f6e-1c2b-4d5e-8f90-a1b2c3d4e5f6';
const projects = { nodes: [{ id: HOME, name: 'p', teams: { nodes: [{ id: 't' }] } }] };

test.each([
  ['that always names a new page', (asked: number) => `c${asked}`, 210],
  ['whose next page is the same', () => 'c', 10],
  ['that names no next page and says there is one', () => null, 10],
])('a list %s ends in an error, not never', async (...[, cursor, most]) => {
  await using liar = await aLiar((response, asked) =>
    say(response, {
      ...WORLD,
      projects,
      issues: { nodes: [], pageInfo: { hasNextPage: true, endCursor: cursor(asked) } },
    }),
  );
  const tracker = aLinearTracker(liar, { ...quick, linearProject: HOME });
  await expect(tracker.list()).rejects.toMatchObject({
    code: 'TRACKER_UNREACHABLE',
    message: expect.stringContaining('pages without end'),
  });
  expect(liar.asked()).toBeLessThan(most);
});

test('an answer without end is broken off', async () => {
  await using liar = await aLiar((response) => {
    const space = Buffer.alloc(1024 ** 2, ' ');
    const more = (): void => {
      while (!response.destroyed && response.write(space));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  await expect(aLinearTracker(liar, quick).list()).rejects.toMatchObject({
    code: 'TRACKER_UNREACHABLE',
    message: expect.stringContaining('an answer without end'),
  });
  expect(liar.asked()).toBe(1);
});

test('issues of another project, of no form, or with a record that is not theirs are no items', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  const [record] = fake.store.all('Attachment');
  const [mine] = fake.store.all('Issue');
  // The same record, once more, on an issue of somebody else, elsewhere.
  const copy = fake.store.insert('Issue', {
    ...mine,
    id: undefined,
    number: 99,
    projectId: null,
    title: 'Theirs',
  });
  fake.store.insert('Attachment', {
    ...record,
    id: undefined,
    issueId: copy.id,
    url: `https://harness.invalid/item/${copy.id}`,
  });
  await tracker.adopt();
  expect((await tracker.list()).map(({ key, title }) => `${key} ${title}`)).toEqual([
    'A Title of A',
  ]);
});
