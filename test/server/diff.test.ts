import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { SETTINGS } from '../support/a-run.ts';
import { aDraft, claim } from '../adapters/store/a-store.ts';
import { newId } from '../../src/app.ts';
import { aServer, type TestServer } from './a-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

test('an item shows what it brought to main, and one that changed nothing nothing', async () => {
  const { app } = server;
  const made = await server.ask('/v1/projects', { method: 'POST', body: { name: 'shop' } });
  const { id } = z.looseObject({ id: z.string() }).parse(made.json);
  const project = await app.store.projects.get(id);
  if (project === undefined) throw new Error('no project');
  const order = { id: newId(), projectId: id, idea: 'A shop', settings: SETTINGS };
  const run = await app.store.runs.create(order);
  await app.store.runs.setStatus(run, 'running', null);
  const drafts = ['A-1', 'A-2'].map((key) => aDraft({ key }));
  await app.store.items.add(run.id, drafts, 'task_breakdown');
  const hub = await app.hubOf(project);
  const done = async (work: (attemptId: string) => Promise<string>) => {
    const attemptId = (await claim(app.store, run))?.attempt.id ?? '';
    const fence = await app.store.attempts.takeFence(attemptId, 'w');
    const end = { status: 'succeeded', commit: await work(attemptId), text: null } as const;
    const rules = { itemMaxAttempts: 3, delayMs: 0, events: [] };
    await app.store.attempts.close(fence ?? { attemptId, number: 0 }, end, rules);
  };
  const first = await hub.head();
  await done(async (attemptId) => {
    const files = [{ path: 'shop.txt', text: 'open\n' }];
    const message = `A-1: Make A-1\n\nHarness-Attempt: ${attemptId}`;
    return (await hub.commitFiles({ files, message, expectedHead: first })) ?? '';
  });
  const head = await hub.head();
  await done(async () => head);
  expect((await server.ask(`/v1/projects/${id}/diff/A-1`)).json).toMatchObject({
    older: first,
    newer: head,
    files: [{ path: 'shop.txt', deed: 'adds' }],
    diff: expect.stringContaining('+open'),
  });
  expect((await server.ask(`/v1/projects/${id}/diff/A-2`)).json).toEqual({
    item: 'A-2',
    older: head,
    newer: head,
    files: [],
    diff: '',
  });
});
