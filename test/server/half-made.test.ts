import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { DOCUMENTS } from '../../src/domain/document.ts';
import { testDatabase } from '../support/database.ts';
import { aServer, type TestServer } from './a-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const withId = z.looseObject({ id: z.string() });
const STATE = 'ab'.repeat(32);
const LOOKS = [
  '',
  '/board',
  '/work-items',
  '/work-items/API-1',
  '/approvals',
  '/documents',
  '/cost',
  '/why',
  '/diff/API-1',
  '/sessions',
  '/events?after=999999999999999',
];
const ACTS = [
  ['PATCH', '/work-items/API-1', { status: 'skipped' }],
  ['POST', '/approve', { state: STATE }],
  ['POST', '/reject', { state: STATE, reason: 'no' }],
  ['POST', '/stop', {}],
  ['POST', '/run', { rehearse: true }],
] as const;

interface Place {
  readonly folder: string;
  readonly hub: string;
  readonly transcripts: string;
}

/** A run nobody carries out, with an item, a session and a question. */
async function askedProject(name: string): Promise<{ readonly id: string; readonly at: Place }> {
  const { app, workspace } = server;
  const made = await server.ask('/v1/projects', { method: 'POST', body: { name, idea: 'x' } });
  const { id } = withId.parse(made.json);
  const { runId } = await server.runOf(name);
  const run = await app.store.runs.get(runId);
  if (run === undefined) throw new Error('no run');
  const checks = [{ kind: 'command', run: 'true', exit: 0 }] as const;
  const draft = { key: 'API-1', title: 'a', description: 'd', priority: 2, checks } as const;
  await app.store.items.add(runId, [{ ...draft, dependencies: [] }], 'test');
  await app.store.phases.start(run, 'ideation', 1);
  const question = { phase: 'ideation', attempt: 1, stateHash: STATE, question: 'Go?' } as const;
  await app.store.approvals.ask(run, { id: randomUUID(), ...question });
  const folder = join(workspace, name);
  const hub = join(app.config.home, 'projects', id, 'hub.git');
  return { id, at: { folder, hub, transcripts: join(folder, '.harness/transcripts') } };
}

const HARMS: readonly (readonly [string, (at: Place) => Promise<unknown>])[] = [
  ['deleted folder', ({ folder }) => rm(folder, { recursive: true })],
  ['moved folder', ({ folder }) => rename(folder, `${folder}-elsewhere`)],
  [
    'file in the place of its folder',
    async ({ folder }) => {
      await rm(folder, { recursive: true });
      await writeFile(folder, 'x');
    },
  ],
  ['damaged snapshot', ({ folder }) => writeFile(join(folder, '.orchestrator_state.json'), '{{')],
  [
    'folder in the place of its snapshot',
    async ({ folder }) => {
      await rm(join(folder, '.orchestrator_state.json'), { force: true });
      await mkdir(join(folder, '.orchestrator_state.json/x'), { recursive: true });
    },
  ],
  [
    'folder in the place of its document',
    ({ folder }) => mkdir(join(folder, DOCUMENTS.ideation), { recursive: true }),
  ],
  ['hub that is gone', ({ hub }) => rm(join(hub, '..'), { recursive: true })],
  ['hub without objects', ({ hub }) => rm(join(hub, 'objects'), { recursive: true })],
];

test.concurrent.each(HARMS)(
  'a project with a %s answers, and is never our error',
  async (what, harm) => {
    const { id, at } = await askedProject(what.replaceAll(' ', '-'));
    await harm(at);
    const ends: unknown[] = [];
    const told = async (
      path: string,
      order: { readonly method: string; readonly body?: unknown },
    ) => {
      const { status, json } = await server.ask(`/v1/projects/${id}${path}`, {
        ...order,
        headers: { accept: 'application/json' },
      });
      if (status >= 500) ends.push([order.method, path, json]);
    };
    await Promise.all(LOOKS.map((path) => told(path, { method: 'GET' })));
    for (const [method, path, body] of ACTS) await told(path, { method, body });
    expect(ends).toEqual([]);
    expect((await server.ask(`/v1/projects/${id}/board`)).status).toBe(200);
  },
);

test('a pipe in the place of a transcript holds nobody up', async () => {
  const { id, at } = await askedProject('pipe');
  const { store } = server.app;
  const run = await store.runs.latest(id);
  if (run === undefined) throw new Error('no run');
  const sessionId = randomUUID();
  const order = { phase: 'ideation', role: 'user_requirements', number: 1 } as const;
  await store.attempts.open({ id: randomUUID(), runId: run.id, sessionId, ...order });
  await mkdir(at.transcripts, { recursive: true });
  await promisify(execFile)('mkfifo', [join(at.transcripts, `${sessionId}.jsonl`)]);
  const path = `/v1/projects/${id}/sessions/${sessionId}/transcript`;
  for (const after of ['0', '9007199254740991'])
    expect(await server.ask(`${path}?after=${after}`)).toMatchObject({
      status: 200,
      json: { lines: [] },
    });
});

test('a run that was begun when nobody could carry it out yet is gone on with', async () => {
  const { json } = await server.ask('/v1/projects', { method: 'POST', body: { name: 'early' } });
  const path = `/v1/projects/${withId.parse(json).id}`;
  await server.ask(`${path}/run`, { method: 'POST', body: { rehearse: true } });
  expect(
    await server.ask(`${path}/resume`, { method: 'POST', body: { max_sessions: 7 } }),
  ).toMatchObject({ status: 202, json: { status: 'pending', max_sessions: 7 } });
});

test('a database that is gone is told as that, by every path', async () => {
  await using database = await testDatabase();
  await using other = await aServer({}, { DATABASE_URL: database.url });
  const { projectId } = await other.runOf('shop');
  await database[Symbol.asyncDispose]();
  for (const path of ['/v1/projects', `/projects/${projectId}`, `/v1/projects/${projectId}/board`])
    expect(await other.ask(path)).toMatchObject({
      status: 503,
      json: { code: expect.stringMatching(/^DATABASE_(?:GONE|AWAY)$/u) },
    });
  expect((await other.ask('/health')).status).toBe(503);
  expect((await other.ask('/health/live')).status).toBe(200);
});
