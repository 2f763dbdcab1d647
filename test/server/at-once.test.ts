import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { prepareProject } from '../../src/app.ts';
import { aServer, type TestServer } from './a-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const post = (path: string, body: unknown) => server.ask(path, { method: 'POST', body });
const withIdea = z.looseObject({ id: z.string(), idea: z.string() });
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

test('of ten projects with one name at once one is made, with the words it was ordered with', async () => {
  const ideas = Array.from({ length: 10 }, (_, at) => `Idea ${at}`);
  const answers = await Promise.all(
    ideas.map((idea) => post('/v1/projects', { name: 'ten-ideas', idea })),
  );
  const made = answers.filter(({ status }) => status === 201);
  expect(made).toHaveLength(1);
  const told = withIdea.parse(made[0]?.json);
  expect(told.idea).toBe(ideas[answers.findIndex(({ status }) => status === 201)]);
  for (const { status, json } of answers.filter((one) => one.status !== 201))
    expect([status, json]).toMatchObject([409, { code: 'NAME_TAKEN' }]);
  expect((await server.ask(`/v1/projects/${told.id}`)).json).toMatchObject({ idea: told.idea });
});

test('a folder that two processes make a project at once is made one by each', async () => {
  const { app, workspace } = server;
  const url = app.config.databaseUrl?.reveal() ?? '';
  await using other = await aServer({}, { DATABASE_URL: url, HARNESS_HOME: app.config.home });
  const order = {
    directory: join(workspace, 'both'),
    name: 'both',
    existing: false,
    rehearsal: false,
    notice: () => undefined,
  };
  const made = await Promise.all(
    [app, other.app, app, other.app].map((one) => prepareProject(one, order)),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
});
