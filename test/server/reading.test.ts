import { afterAll, beforeAll, expect, test } from 'vitest';
import { aServer, type TestServer } from './a-server.ts';

let server: TestServer;
let projectId: string;
let runId: string;

beforeAll(async () => {
  server = await aServer();
  ({ projectId, runId } = await server.runOf('shop'));
  const draft = {
    description: 'd',
    priority: 2,
    checks: [{ kind: 'command', run: 'true', exit: 0 }],
  } as const;
  await server.app.store.items.add(
    runId,
    [
      { ...draft, key: 'API-1', title: 'Store', dependencies: [] },
      { ...draft, key: 'API-2', title: 'Shop', dependencies: ['API-1'] },
    ],
    'test',
  );
});

afterAll(() => server[Symbol.asyncDispose]());

test('one answer holds all that a page shows, and the event to go on from', async () => {
  const { status, json } = await server.ask(`/v1/projects/${projectId}/board`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    project: { name: 'shop', run: { id: runId, status: 'running', hosted: false } },
    current_phase: 'ideation',
    items: [
      { key: 'API-1', dependencies: [], status: 'todo' },
      { key: 'API-2', dependencies: ['API-1'], status: 'todo' },
    ],
    work: { todo: 2, total: 2, completion_percentage: 0 },
    why: { cause: expect.stringContaining('no process carries it out') },
    last_event: await server.app.store.events.last(projectId),
  });
});

test.each([
  '',
  '/work-items',
  '/work-items/API-2',
  '/approvals',
  '/cost?by=item',
  '/why',
  '/why?item=API-2',
  '/sessions',
])('GET /v1/projects/ID%s answers of the latest run', async (path) => {
  expect((await server.ask(`/v1/projects/${projectId}${path}`)).status).toBe(200);
});

test('lists come in pages that hold together', async () => {
  const first = await server.ask(`/v1/projects/${projectId}/work-items?limit=1`);
  expect(first.json).toMatchObject({ items: [{ key: 'API-1' }], next: expect.any(String) });
  const cursor = Object.entries(first.json ?? {}).find(([name]) => name === 'next')?.[1];
  const second = await server.ask(`/v1/projects/${projectId}/work-items?limit=1&cursor=${cursor}`);
  expect(second.json).toMatchObject({ items: [{ key: 'API-2' }], next: null });
});

test('R-040 health answers without a token, and tells no more than that', async () => {
  const answer = await fetch(`${server.url}/health`);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { status: 'healthy', version: '0.0.0', uptime_seconds: expect.any(Number) },
  ]);
});

test('a cause names the requests that do what its commands do', async () => {
  const { json } = await server.ask(`/v1/projects/${projectId}/why`);
  expect(json).toMatchObject({
    action: expect.stringContaining('harness resume'),
    requests: [`POST /v1/projects/${projectId}/resume`],
  });
  await server.app.store.items.block(projectId, 'API-1', 'stuck', 'test');
  expect((await server.ask(`/v1/projects/${projectId}/why?item=API-1`)).json).toMatchObject({
    requests: [
      `PATCH /v1/projects/${projectId}/work-items/API-1 {"status":"todo"}`,
      `PATCH /v1/projects/${projectId}/work-items/API-1 {"status":"skipped"}`,
    ],
  });
});

test('the time that a run waited or stood still is no time of work', async () => {
  const { events } = server.app.store;
  const waited = await server.runOf('waited');
  const worked = async (): Promise<unknown> =>
    (await server.ask(`/v1/projects/${waited.projectId}/board`)).json;
  const is = (status: 'running' | 'waiting_approval'): Promise<void> =>
    events.append(waited.projectId, waited.runId, [{ type: 'run.status', status, reason: null }]);
  await is('running');
  expect(await worked()).toMatchObject({ worked: { since: expect.any(String) } });
  await is('waiting_approval');
  const before = await worked();
  expect(before).toMatchObject({ worked: { ms: expect.any(Number), since: null } });
  await is('running');
  expect(await worked()).toMatchObject({ worked: { since: expect.any(String) } });
});
