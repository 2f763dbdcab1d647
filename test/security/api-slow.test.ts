import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aServer, TOKEN, type TestServer } from '../server/a-server.ts';
import { raw } from '../server/asked.ts';

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

async function dial(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Seconds until the server closes a connection on which one byte a second is said. */
async function drip(first: string): Promise<number> {
  const socket = await dial();
  const began = performance.now();
  socket.resume().write(first);
  const pen = setInterval(() => socket.write('a'), 1000);
  await once(socket, 'close');
  clearInterval(pen);
  return (performance.now() - began) / 1000;
}

const head = `POST /v1/projects HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\n`;

const many = (first: string): Promise<number>[] => Array.from({ length: 50 }, () => drip(first));

// About 35 s: that is how long a body may take.
test('I12 who drips headers, a body or nothing is cut off, and holds nobody up', async () => {
  const opening = head.replace('PORT', String(server.port));
  const headers = Promise.all([...many(''), ...many(`${opening}x-slow: `)]);
  const bodies = Promise.all(many(`${opening}content-length: 1000\r\n\r\n{"name":"`));
  for (let asked = 0; asked < 10; asked += 1) {
    expect((await server.ask('/v1/projects')).status).toBe(200);
    await delay(500);
  }
  expect(Math.max(...(await headers))).toBeLessThan(20);
  expect(Math.max(...(await bodies))).toBeLessThan(45);
}, 90_000);

const PATIENT = { timeout: 30_000, interval: 200 };

test('I12 more connections than there may be are told so, and places come free again', async () => {
  const idle = await Promise.all(Array.from({ length: 510 }, dial));
  expect(await raw(server.port, {})).toMatchObject({
    status: 503,
    said: expect.stringContaining('CONNECTIONS_FULL'),
  });
  for (const socket of idle) socket.destroy();
  await expect.poll(async () => (await raw(server.port, {})).status, PATIENT).toBe(200);
});

test('who is connected already goes on while others are told that there are too many', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const path = '/v1/projects';
  const headers = { authorization: `Bearer ${TOKEN}` };
  const options = { host: '127.0.0.1', port: server.port, path, headers, agent };
  const asked = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const request = get(options, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    request.on('error', reject);
    return [await promise, request.reusedSocket] as const;
  };
  expect(await asked()).toEqual([200, false]);
  const idle = await Promise.all(Array.from({ length: 510 }, dial));
  // Whoever comes after them was refused once they are all in.
  expect((await raw(server.port, { path })).status).toBe(503);
  expect(await asked()).toEqual([200, true]);
  // A place that comes free is the next one's, whoever else still waits without one.
  for (const socket of idle.splice(0, 5)) socket.destroy();
  const soon = { timeout: 5000, interval: 200 };
  await expect.poll(async () => (await raw(server.port, { path })).status, soon).toBe(200);
  agent.destroy();
  for (const socket of idle) socket.destroy();
});

/** 200 events of it are more than any socket holds. */
const LONG = 'x'.repeat(50_000);

// About 65 s: a client that takes nothing is given a minute.
test('I12 streams that nobody reads cost little, and give their places up', async () => {
  const { projectId, runId } = await server.runOf('unread');
  const { events } = server.app.store;
  for (let n = 0; n < 4; n += 1)
    await events.append(
      projectId,
      runId,
      Array.from({ length: 50 }, () => ({ type: 'plan.refused', reasons: [LONG] }) as const),
    );
  const before = process.memoryUsage().rss;
  const deaf = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const socket = await dial();
      const path = `/v1/projects/${projectId}/events?after=0`;
      socket
        .pause()
        .write(
          `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`,
        );
      return socket;
    }),
  );
  const streams = async () => (await server.ask('/v1/health/detailed')).json;
  await expect.poll(streams, PATIENT).toMatchObject({ event_streams: 10 });
  await delay(3000);
  // Each holds one batch of what it was to be told, and no more.
  expect((process.memoryUsage().rss - before) / 10).toBeLessThan(60_000_000);
  await expect
    .poll(streams, { timeout: 90_000, interval: 1000 })
    .toMatchObject({ event_streams: 0 });
  for (const socket of deaf) socket.destroy();
}, 180_000);
