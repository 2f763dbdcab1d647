import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aServer, TOKEN, type TestServer } from './a-server.ts';
import { github, linear, raw } from './asked.ts';
import { CASES } from './refusals.ts';

let server: TestServer;
let projectId: string;

beforeAll(async () => {
  server = await aServer(
    {},
    { LINEAR_WEBHOOK_SECRET: 'linear-secret', GITHUB_WEBHOOK_SECRET: 'hub-secret' },
  );
  ({ projectId } = await server.runOf('shop'));
});

afterAll(() => server[Symbol.asyncDispose]());

test.each(CASES)('I12 %s', async (_, given, status) => {
  const asked = typeof given === 'function' ? given(`127.0.0.1:${server.port}`) : given;
  const path = (asked.path ?? '/v1/projects').replace('PROJECT', projectId);
  const answer = await raw(server.port, { ...asked, path });
  expect([answer.status, answer.said]).toEqual([status, expect.anything()]);
  expect(answer.said).not.toMatch(/ at .*\.ts:\d/u);
  // What Node itself refuses has no problem in it.
  const told = status < 400 || status === 431 ? { status } : JSON.parse(answer.said);
  expect(told).toMatchObject({ status });
});

test('there are at least 60 of them', () => expect(CASES.length).toBeGreaterThanOrEqual(60));

test('I12 a webhook that comes twice is taken once', async () => {
  for (const once of [linear('linear-secret', Date.now()), github('hub-secret', randomUUID())])
    expect([(await raw(server.port, once)).status, (await raw(server.port, once)).status]).toEqual([
      202, 401,
    ]);
});

test("I12 a request that breaks off in its body while it is looked at is nobody's fault here", async () => {
  const socket = connect(server.port, '127.0.0.1');
  const said = text(socket);
  const head = [
    'POST /v1/projects HTTP/1.1',
    `Host: 127.0.0.1:${server.port}`,
    `Authorization: Bearer ${TOKEN}`,
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\nno length\r\n`);
  expect(await said).toMatch(/^HTTP\/1\.1 400 /u);
  expect((await server.ask('/v1/projects')).status).toBe(200);
  expect(server.lines.filter((line) => line.includes('undefined'))).toEqual([]);
});

test.each([
  ['ours first', (own: string) => [own, 'evil.example']],
  ['ours last', (own: string) => ['evil.example', own]],
  ['ours twice', (own: string) => [own, own]],
])('I12 a request that names two hosts is refused, %s', async (_, hosts) => {
  const socket = connect(server.port, '127.0.0.1');
  const said = text(socket);
  const named = hosts(`127.0.0.1:${server.port}`).map((host) => `Host: ${host}`);
  const rest = [`Authorization: Bearer ${TOKEN}`, 'Connection: close'];
  socket.write(`${['GET /v1/projects HTTP/1.1', ...named, ...rest].join('\r\n')}\r\n\r\n`);
  expect(await said).toMatch(/^HTTP\/1\.1 400 [^]*"code":"HOST_REFUSED"/u);
});

test('I12 who guesses tokens is made to wait, and the owner is not', async () => {
  await using other = await aServer();
  const wrong = { headers: { authorization: 'Bearer wrong' } };
  const ends: number[] = [];
  for (let tries = 0; tries < 25; tries += 1)
    ends.push((await other.ask('/v1/projects', wrong)).status);
  expect(ends.filter((status) => status === 401)).toHaveLength(20);
  expect(ends.at(-1)).toBe(429);
  // From the same address: a proxy's is everybody's.
  const right = { headers: { authorization: `Bearer ${TOKEN}` } };
  expect((await other.ask('/v1/projects', right)).status).toBe(200);
});

test('I12 an address that others reach wants a token of the owner', async () => {
  await expect(aServer({ host: '0.0.0.0' }, { HARNESS_TOKEN: '' })).rejects.toMatchObject({
    code: 'TOKEN_MISSING',
    exit: 2,
  });
  await expect(aServer({}, { HARNESS_TOKEN: 'short' })).rejects.toMatchObject({
    code: 'TOKEN_SHORT',
  });
});

test('I12 a token that was made is its owner’s alone', async () => {
  await using other = await aServer({}, { HARNESS_TOKEN: '' });
  const { mode } = await stat(`${other.app.config.home}/server/token`);
  expect(mode & 0o777).toBe(0o600);
  expect((await other.ask('/v1/projects')).status).toBe(401);
});

test('a token file without a token is named', async () => {
  const home = await mkdtemp(join(tmpdir(), 'harness-token-'));
  await mkdir(join(home, 'server'));
  await writeFile(join(home, 'server/token'), '');
  await expect(aServer({}, { HARNESS_TOKEN: '', HARNESS_HOME: home })).rejects.toMatchObject({
    code: 'TOKEN_DAMAGED',
    message: expect.stringContaining(join(home, 'server/token')),
    exit: 2,
  });
  await rm(home, { recursive: true });
});

test('more event streams than there may be are refused, and places come free again', async () => {
  const path = `/v1/projects/${projectId}/events?after=now`;
  const gone = new AbortController();
  const headers = { authorization: `Bearer ${TOKEN}` };
  const open = await Promise.all(
    Array.from({ length: 110 }, () => fetch(server.url + path, { headers, signal: gone.signal })),
  );
  expect(open.filter(({ status }) => status === 200)).toHaveLength(100);
  expect(open.filter(({ status }) => status === 503)).toHaveLength(10);
  gone.abort();
  await expect
    .poll(async () => (await server.ask('/v1/health/detailed')).json)
    .toMatchObject({ event_streams: 0 });
});
