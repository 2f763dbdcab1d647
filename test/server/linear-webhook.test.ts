import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAlarm } from '../../src/cli/alarm.ts';
import type { Run } from '../../src/domain/run.ts';
import type { WorkItem } from '../../src/domain/work-item.ts';
import { drainOutbox } from '../../src/engine/tracker-sync.ts';
import { SETTINGS } from '../support/a-run.ts';
import {
  FAKE_KEY,
  NO_LIMITS,
  startFakeLinear,
  type FakeLinear,
} from '../support/linear/start-fake-linear.ts';
import type { Change, Values } from '../support/linear/store.ts';
import { deliveryOf } from '../support/linear/webhooks.ts';
import { addItems } from '../adapters/store/a-store.ts';
import { aServer, type TestServer } from './a-server.ts';

const SECRET = 'linear-secret';

let fake: FakeLinear;
let server: TestServer;
let run: Run;

beforeAll(async () => {
  fake = await startFakeLinear({ limits: NO_LIMITS });
  server = await aServer(
    {},
    { LINEAR_API_KEY: FAKE_KEY, LINEAR_API_URL: fake.apiUrl, LINEAR_WEBHOOK_SECRET: SECRET },
  );
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fake.close();
});

/** A run that nobody carries out: without a webhook, nobody ever looks what people did. */
beforeEach(async () => {
  const { store } = server.app;
  const name = `shop-${randomUUID()}`;
  const project = await store.projects.ensure({ directory: `${server.workspace}/${name}`, name });
  const backend = { ...SETTINGS.backend, type: 'linear' as const, linearProject: name };
  const settings = { ...SETTINGS, backend };
  const order = { id: randomUUID(), projectId: project.id, idea: 'A shop', settings };
  run = await store.runs.create(order);
  await store.runs.setStatus(run, 'running', null);
  await addItems(store, run, 'API-1');
  await drainOutbox(server.app, run);
});

afterEach(() => server.app.store.runs.end(run, { status: 'stopped', reason: null }));

const itemNow = () => server.app.store.items.get(run.projectId, 'API-1');

/** A person at work in the newest project; the change as Linear tells of it. */
function does(values: Values): Change {
  const issue = fake.store.all('Issue').at(-1);
  if (issue === undefined) throw new Error('there is no issue');
  const entity = fake.store.update(issue, values);
  return { action: 'update', entity, before: {} };
}

async function post({ headers, body }: ReturnType<typeof deliveryOf>): Promise<number> {
  const url = `${server.url}/v1/webhooks/linear`;
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

/** Resolves once the item is as wanted: looks after each thing that is noted, and never asks a tracker. */
async function becomes(wanted: Partial<WorkItem>): Promise<void> {
  const alarm = createAlarm(60_000);
  const silence = server.app.store.events.onCommit(() => alarm.ring());
  try {
    for (;;) {
      const item = { ...(await itemNow()) };
      if (isDeepStrictEqual({ ...item, ...wanted }, item)) return;
      await alarm.wait();
    }
  } finally {
    silence();
    alarm.stop();
  }
}

test('a person’s change is in the store as soon as Linear tells of it', async () => {
  const change = does({ title: 'Theirs', priority: 1 });
  expect(await post(deliveryOf(change, SECRET, Date.now()))).toBe(202);
  await becomes({ title: 'Theirs', priority: 1 });
});

test('I12 a forged, a changed, an old, a future and a repeated one change nothing, and ask Linear nothing', async () => {
  const cancelled = fake.store.all('WorkflowState').find(({ type }) => type === 'canceled');
  const first = deliveryOf(does({ title: 'First' }), SECRET, Date.now());
  expect(await post(first)).toBe(202);
  await becomes({ title: 'First' });

  const change = does({ stateId: cancelled?.id, title: 'Second' });
  const asked = fake.log.length;
  const good = deliveryOf(change, SECRET, Date.now());
  const bad = [
    deliveryOf(change, 'a guess', Date.now()),
    { ...good, body: `${good.body} ` },
    deliveryOf(change, SECRET, Date.now() - 61_000),
    deliveryOf(change, SECRET, Date.now() + 61_000),
    first,
    { ...first, headers: { ...first.headers, 'linear-delivery': randomUUID() } },
  ];
  for (const one of bad) expect(await post(one)).toBe(401);
  expect(fake.log).toHaveLength(asked);
  expect(await itemNow()).toMatchObject({ title: 'First', status: 'todo' });
  const why = server.lines.filter((line) => line.includes('a webhook was refused'));
  expect(why.join('\n')).toMatch(/signature[^]*another time, by 61 s[^]*by -61 s[^]*here before/u);

  // What was refused is lost to nobody: the next that is right tells of it.
  expect(await post(good)).toBe(202);
  await becomes({ status: 'blocked', reason: 'skipped by a person: cancelled in the tracker' });
});

test('what Linear tells while the harness has something to tell there is read right after that', async () => {
  await addItems(server.app.store, run, 'API-2');
  expect(await post(deliveryOf(does({ title: 'Meanwhile' }), SECRET, Date.now()))).toBe(202);
  expect(await itemNow()).not.toMatchObject({ title: 'Meanwhile' });
  await drainOutbox(server.app, run);
  await becomes({ title: 'Meanwhile' });
});
