import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aloneWith, hostIdentity, newId, prepareProject } from '../../src/app.ts';
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

test('a folder is made a project by one after the other', async () => {
  const { app, workspace } = server;
  const order = { existing: false, rehearsal: false, notice: () => undefined };
  const at = (name: string) => ({ ...order, name, directory: join(workspace, name) });
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = aloneWith(app, `folder ${join(workspace, 'waits')}`, () => {
    begun.resolve();
    return gate.promise;
  });
  await begun.promise;
  const waits = Promise.all([prepareProject(app, at('waits')), prepareProject(app, at('waits'))]);
  await prepareProject(app, at('another'));
  await expect(access(join(workspace, 'waits'))).rejects.toMatchObject({ code: 'ENOENT' });
  gate.resolve();
  await held;
  const [one, two] = await waits;
  expect(one.id).toBe(two.id);
});

const place = async () => (await hostIdentity(newId)).maker.split('.', 1)[0] ?? '';

describe('a request with a key that was never answered', () => {
  const order = { title: 'Once', description: 'It', checks: ['true'] };

  /** Carried out, and answered when its server was gone. */
  async function brokenOff(name: string, owner: string | null) {
    const { projectId, runId } = await server.runOf(name);
    const path = `/v1/projects/${projectId}/work-items`;
    const send = () =>
      server.ask(path, { method: 'POST', body: order, headers: { 'idempotency-key': name } });
    expect((await send()).status).toBe(201);
    await server.app.pool.query(
      `update harness.request set answer = null, owner = $2, at = now() - interval '2 minutes' where key = $1`,
      [name, owner],
    );
    const { status, json } = await send();
    const { code } = z.looseObject({ code: z.string() }).parse(json);
    return { status, code, items: (await server.app.store.items.ofRun(runId)).length };
  }

  test('is not carried out again when its server is gone: nobody knows how it ended', async () => {
    const { status, code, items } = await brokenOff('gone', `${await place()}.${process.pid}.1`);
    expect([status, code, items]).toEqual([409, 'KEY_UNSETTLED', 1]);
  });

  test('is busy while its server lives, however long that takes', async () => {
    const stat = await readFile(`/proc/${process.ppid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    const owner = `${await place()}.${process.ppid}.${started}`;
    const { status, code, items } = await brokenOff('living', owner);
    expect([status, code, items]).toEqual([409, 'KEY_BUSY', 1]);
  });

  test('is not known by an older version, or when this very server has left it', async () => {
    const own = (await hostIdentity(newId)).maker;
    expect(await brokenOff('older', null)).toMatchObject({ code: 'KEY_UNSETTLED', items: 1 });
    expect(await brokenOff('own', own)).toMatchObject({ code: 'KEY_UNSETTLED', items: 1 });
  });
});
