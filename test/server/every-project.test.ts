import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { takeRecords, type SseRecord } from '../../dashboard/src/live/sse.ts';
import { aServer, TOKEN, type TestServer } from './a-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const told = z.looseObject({ project_id: z.string(), id: z.int() });

/** A stream over all projects; `after` goes as browsers send it. */
async function open(after: string | null) {
  const gone = new AbortController();
  const answer = await fetch(`${server.url}/v1/events${after === null ? '?after=now' : ''}`, {
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(after === null ? {} : { 'last-event-id': after }),
    },
    signal: gone.signal,
  });
  expect(answer.status).toBe(200);
  const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream());
  return { lines: reader.getReader(), close: () => gone.abort() };
}

async function take(
  { lines }: Awaited<ReturnType<typeof open>>,
  count: number,
): Promise<readonly SseRecord[]> {
  const taken: SseRecord[] = [];
  let rest = '';
  while (taken.length < count) {
    const { value, done } = await lines.read();
    if (done) break;
    const found = takeRecords(rest + value);
    ({ rest } = found);
    taken.push(...found.records);
  }
  return taken;
}

test('the events of 600 projects are followed over breaks, by ids that fit in a header', async () => {
  const { app } = server;
  await app.pool.query(
    `insert into harness.project (directory, name) select '/nowhere/' || n, 'p' || n from generate_series(1, 600) n`,
  );
  await app.pool.query(
    'insert into harness.sequence (project_id) select id from harness.project on conflict do nothing',
  );
  const projects = (await app.store.projects.list()).slice(0, 5).map(({ id }) => id);
  const say = async (): Promise<void> => {
    for (const id of projects)
      await app.store.events.append(id, null, [{ type: 'plan.refused', reasons: ['x'] }]);
  };
  const heard: string[] = [];
  let last: string | null = null;
  for (let round = 0; round < 3; round += 1) {
    const stream = await open(last);
    await say();
    // Broken off in the middle: the rest of the round is told to the next connection.
    for (const record of (await take(stream, round < 2 ? 3 : 9)).slice(0, round < 2 ? 3 : 9)) {
      const event = told.parse(JSON.parse(record.data));
      heard.push(`${event.project_id} ${event.id}`);
      last = record.id;
    }
    stream.close();
  }
  const all = projects.flatMap((id) => [1, 2, 3].map((n) => `${id} ${n}`));
  expect(new Set(heard)).toEqual(new Set(all));
  expect(heard.length).toBe(15);
  expect(last?.length).toBeGreaterThan(4000);
  expect(last?.length).toBeLessThan(6100);
});

test('more projects than one id can name are refused in words', async () => {
  const { app } = server;
  await app.pool.query(
    `insert into harness.project (directory, name) select '/far/' || n, 'q' || n from generate_series(1, 1500) n`,
  );
  expect(await server.ask('/v1/events')).toMatchObject({
    status: 409,
    json: { code: 'PROJECTS_TOO_MANY' },
  });
});
