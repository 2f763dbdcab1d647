import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { aServer, type TestServer } from './a-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const post = (path: string, body: unknown) => server.ask(path, { method: 'POST', body });
const withKey = z.looseObject({ key: z.string(), title: z.string() });

test('each of forty items that people add at once is stored, under the key that was answered', async () => {
  const { projectId, runId } = await server.runOf('forty');
  const path = `/v1/projects/${projectId}/work-items`;
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      post(path, { title: `Part ${at}`, description: 'It', checks: ['true'] }),
    ),
  );
  expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
  const told = answers.map(({ json }) => withKey.parse(json));
  const stored = await server.app.store.items.ofRun(runId);
  expect(stored.map(({ key, title }) => `${key} ${title}`).toSorted()).toEqual(
    told.map(({ key, title }) => `${key} ${title}`).toSorted(),
  );
  expect(stored.map(({ key }) => key)).toEqual(stored.map((_, at) => `ADD-${at + 1}`));
});

test('of two items with one key at once the second is refused', async () => {
  const { projectId, runId } = await server.runOf('one-key');
  const path = `/v1/projects/${projectId}/work-items`;
  const answers = await Promise.all(
    ['One', 'Two'].map((title) =>
      post(path, { key: 'API-7', title, description: 'It', checks: ['true'] }),
    ),
  );
  const made = answers.filter(({ status }) => status === 201).map(({ json }) => json);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused).toMatchObject([{ status: 409, json: { code: 'ITEM_TAKEN' } }]);
  const stored = await server.app.store.items.ofRun(runId);
  expect(stored.map(({ title }) => title)).toEqual(made.map((one) => withKey.parse(one).title));
});
