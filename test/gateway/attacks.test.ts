import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { Wire } from '../../src/gateway/wire.ts';
import { aBody, call, KEY, sendJson, startBench } from './wiring.ts';
import type { Bench } from './wiring.ts';

function aBench(): Promise<Bench> {
  return startBench((response) => sendJson(response, 200, { usage: { input_tokens: 1 } }));
}

function dial(wire: Wire): Socket {
  const socket = connect({ port: Number(new URL(wire.baseUrl).port), host: '127.0.0.1' });
  return socket.on('error', () => socket.destroy());
}

/** Sends these bytes and gives all that comes back. */
function raw(wire: Wire, head: readonly string[], body = ''): Promise<string> {
  const socket = dial(wire);
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return text(socket);
}

const BODY = JSON.stringify(aBody());

function headOf(wire: Wire, ...more: readonly string[]): readonly string[] {
  const own = ['Host: a', `x-api-key: ${wire.token}`, 'Connection: close'];
  return ['POST /v1/messages HTTP/1.1', ...own, ...more];
}

test('I8 two lengths, or a length said twice, hide no second request', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  const hidden = `${BODY}POST /v1/messages HTTP/1.1\r\nHost: a\r\nx-api-key: ${wire.token}\r\nContent-Length: 2\r\n\r\n{}`;
  const length = `Content-Length: ${BODY.length}`;
  const lengths = [
    [length, 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', length],
    [length, 'Content-Length: 1'],
    [length, 'Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: chunked, identity'],
    [`Content-Length: +${BODY.length}`],
    [`Content-Length: ${BODY.length}, ${BODY.length}`],
    [' Content-Length: 3'],
    ['X: a\rContent-Length: 3'],
    ['X: a\nContent-Length: 3', length],
  ];
  for (const lines of lengths)
    expect([lines, await raw(wire, headOf(wire, ...lines), hidden)]).toEqual([
      lines,
      expect.stringMatching(/^HTTP\/1\.1 400 /u),
    ]);
  expect(bench.upstream.received).toEqual([]);
});

test('I8 the token counts once and whole: not doubled, not folded, not beside another', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  const length = `Content-Length: ${BODY.length}`;
  const start = ['POST /v1/messages HTTP/1.1', 'Host: a', 'Connection: close', length];
  const headers = [
    ['x-api-key: wrong', `x-api-key: ${wire.token}`],
    [`x-api-key: ${wire.token}`, 'x-api-key: wrong'],
    ['authorization: Bearer wrong', `authorization: Bearer ${wire.token}`],
    [`x-api-key: ${wire.token.toUpperCase()}`],
    [`x-api-key: ${wire.token.slice(0, -1)}`],
    [`authorization: Basic ${wire.token}`],
    [`authorization: Bearer  ${wire.token} x`],
    [`cookie: x-api-key=${wire.token}`],
    [`x-api-key: ${KEY}`],
    [],
  ];
  for (const lines of headers)
    expect([lines, await raw(wire, [...start, ...lines], BODY)]).toEqual([
      lines,
      expect.stringMatching(/^HTTP\/1\.1 401 /u),
    ]);
  expect(await raw(wire, start, '')).toMatch(/^HTTP\/1\.1 401 /u);
  expect(bench.upstream.received).toEqual([]);
});

test('I8 older and odd requests are answered or refused, never passed by', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  const own = [`x-api-key: ${wire.token}`, `Content-Length: ${BODY.length}`];
  expect(await raw(wire, ['POST /v1/messages HTTP/1.0', ...own], BODY)).toMatch(/ 200 OK/u);
  expect(await raw(wire, ['POST /v1/messages HTTP/1.0', 'Content-Length: 2'], '{}')).toMatch(
    / 401 /u,
  );
  for (const line of [
    'POST  /v1/messages HTTP/1.1',
    'POST /v1/messages HTTP/9.9',
    'PRI * HTTP/2.0',
  ])
    expect([line, await raw(wire, [line, ...own], BODY)]).toEqual([
      line,
      expect.stringMatching(/^HTTP\/1\.1 (?:400|505) /u),
    ]);
  const upgrade = ['Host: a', 'Connection: Upgrade, close', 'Upgrade: websocket'];
  expect(
    await raw(wire, ['GET /v1/messages HTTP/1.1', ...upgrade, `x-api-key: ${wire.token}`]),
  ).toMatch(/ 404 /u);
  expect(bench.upstream.received).toHaveLength(1);
});

test('I8 a path has one spelling', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  const paths = [
    '/v1/messages/../models',
    '/v1/messages;x',
    '/v1/messages%00',
    '/v1%2fmessages',
    '/v1/messages#',
    '/v1/messages/count_tokens/',
    '/v1//messages',
    '/%761/messages',
    '/v1/messages\\x',
  ];
  for (const path of paths) {
    const answer = await raw(
      wire,
      headOf(wire, 'Content-Length: 2').with(0, `POST ${path} HTTP/1.1`),
      '{}',
    );
    expect([path, answer]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 40[04] /u)]);
  }
  expect(bench.upstream.received).toEqual([]);
});

test.for([
  ['escaped', '{"\\u006dcp_servers":[{"url":"x"}],'],
  ['twice, the last one counting', '{"mcp_servers":null,"mcp_servers":[{"url":"x"}],'],
] as const)('I8 a forbidden key is seen when it is %s', async ([, start]) => {
  await using bench = await aBench();
  const answer = await call(await bench.open(), { body: BODY.replace('{', start) });
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('mcp_servers')]);
  expect(bench.upstream.received).toEqual([]);
});

test('I8 keys that only look alike, and machinery of objects, change nothing for us or upstream', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  const start = '{"__proto__":{"mcp_servers":[1]},"ｍcp_servers":[1],"mcp_servers ":[1],';
  expect((await call(wire, { body: BODY.replace('{', start) })).status).toBe(200);
  expect(Object.keys(JSON.parse(bench.upstream.received[0]?.body ?? ''))).not.toContain(
    'mcp_servers',
  );
  expect(Object.hasOwn(Object.prototype, 'mcp_servers')).toBe(false);
  const tools = '{"tools":[{"type":"web_search_20250305"}],"tools":[],';
  expect((await call(wire, { body: BODY.replace('{', tools) })).status).toBe(200);
  expect(bench.upstream.received[1]?.body).not.toContain('web_search');
});

test('I8 a body that is nested without end, or no text, is refused and the wire stays up', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  const deep = '{"content":['.repeat(200_000);
  const closed = `${'{"content":['.repeat(100_000)}${']}'.repeat(100_000)}`;
  for (const content of [deep, closed]) {
    const body = `{"model":"m","messages":[{"role":"user","content":[${content}]}]}`;
    expect((await call(wire, { body })).status).toBeGreaterThanOrEqual(400);
  }
  const latin = await raw(wire, headOf(wire, 'Content-Length: 3'), '{"\x80');
  expect(latin).toMatch(/ 400 /u);
  expect((await call(wire)).status).toBe(200);
  expect(bench.upstream.received).toHaveLength(1);
});

test('I8 chunks without end are cut off at the bound of a body', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  const socket = dial(wire);
  const answered = once(socket, 'data');
  socket.write(`${headOf(wire, 'Transfer-Encoding: chunked').join('\r\n')}\r\n\r\n`);
  const chunk = `100000\r\n${'x'.repeat(1024 ** 2)}\r\n`;
  for (let count = 0; count < 40 && !socket.destroyed; count += 1) socket.write(chunk);
  expect(String(await answered)).toMatch(/^HTTP\/1\.1 413 /u);
  socket.destroy();
});

test('I8 many large bodies at once get no more memory than a few', async () => {
  await using bench = await aBench();
  const wire = await bench.open();
  // Each sends 20 MB of 21 and then waits: together they would be 200 MB.
  const half = Buffer.alloc(20 * 1024 ** 2, 'x');
  const head = `${headOf(wire, `Content-Length: ${21 * 1024 ** 2}`).join('\r\n')}\r\n\r\n`;
  const sockets = Array.from({ length: 10 }, () => dial(wire));
  const answers: string[] = [];
  const seven = Promise.withResolvers<void>();
  for (const socket of sockets) {
    socket.on('data', (data) => {
      answers.push(String(data).slice(0, 12));
      if (answers.length === 7) seven.resolve();
    });
    socket.write(head);
    socket.write(half);
  }
  await seven.promise;
  expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 429']));
  for (const socket of sockets) socket.destroy();
  // What the others held is given back.
  await expect.poll(async () => (await call(wire)).status).toBe(200);
});

test('I5 no program in a box ends a run, or costs what nobody can count, by naming another model', async () => {
  await using bench = await startBench((response, { body }) => {
    const { model } = JSON.parse(body);
    if (model === 'claude-opus-4-5')
      sendJson(response, 403, { error: { type: 'permission_error', message: 'not yours' } });
    else sendJson(response, 200, { usage: { input_tokens: 1 } });
  });
  for (const budgetUsd of [null, 5]) {
    const wire = await bench.open({ budgetUsd, runId: String(budgetUsd), sessionId: 'x' });
    const statusOf = async (body: object): Promise<number> =>
      (await call(wire, { body: aBody(body) })).status;
    expect(await statusOf({ model: 'mystery-1' })).toBe(400);
    expect(await statusOf({ model: 'claude-opus-4-5' })).toBe(403);
    expect(await statusOf({ max_tokens: 10 ** 9 })).toBe(400);
    expect(wire.verdict()).toBeNull();
    expect(await statusOf({})).toBe(200);
  }
  expect(bench.upstream.received.map(({ body }) => body)).not.toContainEqual(
    expect.stringContaining('mystery'),
  );
});

test('I11 a loop of calls that fail does not fill the record', async () => {
  await using bench = await startBench((response) => sendJson(response, 400, { error: {} }));
  const wire = await bench.open();
  for (let round = 0; round < 60; round += 1)
    await Promise.all(Array.from({ length: 10 }, () => call(wire)));
  expect(bench.events).toHaveLength(500);
});
