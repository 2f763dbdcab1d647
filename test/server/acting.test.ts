import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createClient, type Client } from '../../src/server/client.ts';
import { aServer, TOKEN, type TestServer } from './a-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const withId = z.looseObject({ id: z.string() });
const post = (path: string, body: unknown, headers = {}) =>
  server.ask(path, { method: 'POST', body, headers });

/** Questions are put to people while a run is under way. */
async function askedRun(name: string) {
  const { projectId, runId } = await server.runOf(name);
  const { store } = server.app;
  const run = await store.runs.get(runId);
  if (run === undefined) throw new Error('no run');
  await store.phases.start(run, 'initialize', 1);
  const stateHash = 'ab'.repeat(32);
  const question = {
    id: randomUUID(),
    phase: 'initialize',
    attempt: 1,
    stateHash,
    question: 'Go on?',
  } as const;
  await store.approvals.ask(run, question);
  return { projectId, runId, ...question };
}

test('a project is made, found, changed and taken off the list; its folder stays', async () => {
  const made = await post('/v1/projects', { name: 'library', idea: 'Books' });
  expect(made).toMatchObject({ status: 201, json: { name: 'library', idea: 'Books', run: null } });
  const { id } = withId.parse(made.json);
  const folder = join(server.workspace, 'library');
  await access(join(folder, '.git'));
  const patch = { method: 'PATCH', body: { name: 'books', description: 'All of them' } };
  expect((await server.ask(`/v1/projects/${id}`, patch)).json).toMatchObject({
    name: 'books',
    idea: 'Books',
  });
  expect((await server.ask(`/v1/projects/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await server.ask(`/v1/projects/${id}`)).status).toBe(404);
  await access(folder);
});

test('a run is begun once however often the same request is sent, and another one under its key is refused', async () => {
  const { json } = await post('/v1/projects', { name: 'once' });
  const path = `/v1/projects/${withId.parse(json).id}/run`;
  const key = { 'idempotency-key': 'run-once' };
  const first = await post(path, { rehearse: true }, key);
  expect(first).toMatchObject({ status: 202, json: { status: 'pending', rehearsal: true } });
  const again = await post(path, { rehearse: true }, key);
  expect([again.status, again.json]).toEqual([202, first.json]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await post(path, { rehearse: false }, key)).toMatchObject({
    status: 422,
    json: { code: 'KEY_REUSED' },
  });
  expect(await post(path, { rehearse: true })).toMatchObject({
    status: 409,
    json: { code: 'RUN_ACTIVE' },
  });
});

test('without a credential a real run is refused before anything is begun', async () => {
  const { projectId } = await server.runOf('no-credential');
  expect(await post(`/v1/projects/${projectId}/run`, { idea: 'x' })).toMatchObject({
    status: 409,
    json: { code: 'CREDENTIAL_MISSING' },
  });
});

test('I12 R-101 an answer counts for the state it was given for, and once', async () => {
  const { projectId, id, stateHash } = await askedRun('asked');
  const path = `/v1/projects/${projectId}`;
  const seen = await server.ask(`${path}/approvals/${encodeURIComponent(id)}`);
  expect(seen).toMatchObject({ status: 200, json: { question: 'Go on?', state: stateHash } });
  expect(seen.headers.get('etag')).toBe(`"${stateHash}"`);
  const stale = { 'if-match': `"${'c'.repeat(64)}"` };
  expect(await post(`${path}/approve`, {}, stale)).toMatchObject({
    status: 409,
    json: { code: 'APPROVAL_STALE' },
  });
  expect(
    await post(`${path}/reject`, { approval: randomUUID(), state: stateHash, reason: 'no' }),
  ).toMatchObject({
    status: 409,
    json: { code: 'APPROVAL_NONE' },
  });
  expect((await server.app.store.approvals.get(id))?.answer).toBeNull();
});

test('a run that nobody carries out is stopped at once, and is stopped only once', async () => {
  const { projectId } = await server.runOf('stopped');
  const path = `/v1/projects/${projectId}/stop`;
  expect(await post(path, {})).toMatchObject({ status: 202, json: { status: 'stopped' } });
  expect(await post(path, {})).toMatchObject({ status: 409, json: { code: 'RUN_NOT_LIVE' } });
});

test('items are added, reworded, skipped and taken back by people', async () => {
  const { projectId } = await server.runOf('items');
  const path = `/v1/projects/${projectId}/work-items`;
  const added = await post(path, { title: 'One', description: 'It', checks: ['true'] });
  expect(added).toMatchObject({ status: 201, json: { key: 'ADD-1', status: 'todo', priority: 3 } });
  const change = (body: unknown) => server.ask(`${path}/ADD-1`, { method: 'PATCH', body });
  expect((await change({ title: 'Two', priority: 1 })).json).toMatchObject({
    title: 'Two',
    priority: 1,
  });
  const labels = ['gpu', 'docs'];
  expect((await change({ labels })).json).toMatchObject({ title: 'Two', labels });
  expect((await change({ labels: [] })).json).toMatchObject({ labels: [] });
  expect((await change({ status: 'skipped', reason: 'later' })).json).toMatchObject({
    skipped: true,
  });
  expect((await change({ title: 'Three' })).status).toBe(409);
  expect((await change({ status: 'todo' })).json).toMatchObject({ status: 'todo' });
  expect(
    await post(path, { title: 'x', description: 'y', checks: ['true'], dependencies: ['NO-1'] }),
  ).toMatchObject({
    status: 422,
  });
});

test('the original paths answer in the original words', async () => {
  const { projectId } = await server.runOf('original');
  const path = `/projects/${projectId}`;
  expect((await server.ask('/projects?limit=1')).json).toMatchObject({
    limit: 1,
    offset: 0,
    total: expect.any(Number),
  });
  expect((await server.ask(`${path}?include_phases=true`)).json).toMatchObject({
    status: 'running',
    phases: expect.any(Array),
  });
  expect(await post(`${path}/resume`, {})).toMatchObject({
    status: 400,
    json: { code: 'WRONG_STATE' },
  });
  expect(await post(`${path}/approve`, { approved: true })).toMatchObject({ status: 400 });
  expect(await post(`${path}/stop`, { reason: 'user_request' })).toMatchObject({
    status: 200,
    json: { success: true, project_id: projectId, details: { run: { status: 'stopped' } } },
  });
});

test('events are followed from any number on, and none is missed or told twice over three breaks', async () => {
  const { projectId, runId } = await server.runOf('followed');
  const { events } = server.app.store;
  const before = await events.last(projectId);
  const client = createClient({ url: server.url, token: TOKEN });
  const heard: number[] = [];
  const told = before + 40;
  for (let part = 0; heard.length < told; part += 1) {
    const more = Array.from(
      { length: 10 },
      () => ({ type: 'plan.refused', reasons: ['x'] }) as const,
    );
    if (part < 4) void events.append(projectId, runId, more);
    heard.push(
      ...(await hear(client, projectId, {
        after: heard.at(-1) ?? 0,
        most: part < 3 ? 7 : told - heard.length,
      })),
    );
  }
  expect(heard).toEqual(Array.from({ length: told }, (_, at) => at + 1));
});

/** Numbers of so many events; then the connection is broken off. */
async function hear(
  client: Client,
  projectId: string,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<readonly number[]> {
  const gone = new AbortController();
  const heard: number[] = [];
  for await (const { id } of client.events(projectId, after, gone.signal)) {
    heard.push(id);
    if (heard.length === most) break;
  }
  gone.abort();
  return heard;
}

test('the same request sent ten times at once is carried out once', async () => {
  const made = await Promise.all(
    Array.from({ length: 10 }, () =>
      post('/v1/projects', { name: 'ten' }, { 'idempotency-key': 'ten-at-once' }),
    ),
  );
  // Whoever asks while it is carried out is told so.
  const others = made.filter(({ status }) => status !== 201);
  expect(others.length).toBeLessThan(10);
  for (const { json } of others) expect(json).toMatchObject({ status: 409, code: 'KEY_BUSY' });
  const last = await post('/v1/projects', { name: 'ten' }, { 'idempotency-key': 'ten-at-once' });
  expect([last.status, last.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  const known = await server.app.store.projects.list();
  expect(known.filter(({ name }) => name === 'ten')).toHaveLength(1);
});

test('a key is known to the next server of the same database', async () => {
  const body = { name: 'kept' };
  const key = { 'idempotency-key': 'kept-over-a-restart' };
  const first = await post('/v1/projects', body, key);
  const url = server.app.config.databaseUrl?.reveal() ?? '';
  await using next = await aServer({}, { DATABASE_URL: url });
  const again = await next.ask('/v1/projects', { method: 'POST', body, headers: key });
  expect([again.status, again.json]).toEqual([first.status, first.json]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
});

test('the requests that a cause names say which question is answered, and for which state', async () => {
  const { projectId, id, stateHash } = await askedRun('literal');
  const path = `/v1/projects/${projectId}`;
  const about = JSON.stringify({ approval: id, state: stateHash });
  const { json } = await server.ask(`${path}/why`);
  expect(json).toMatchObject({
    requests: [
      `POST ${path}/approve ${about}`,
      `POST ${path}/reject ${about.slice(0, -1)},"reason":"TEXT"}`,
    ],
  });
  // The requests are whole: only what is asked about is another by now.
  expect(await post(`${path}/approve`, JSON.parse(about))).toMatchObject({
    json: { code: 'APPROVAL_STALE' },
  });
});
