import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { Wire } from '../../../src/gateway/wire.ts';
import { call } from '../wiring.ts';
import { aFarWeb, aGateway, aHost, basic, connectTo, dialWire, loopback } from './a-proxy.ts';

function ask(wire: Wire, url: string, headers: Record<string, string> = {}) {
  return call(wire, {
    method: 'GET',
    path: url,
    body: '',
    headers: { 'proxy-authorization': basic(wire.token), ...headers },
  });
}

test('I8 a plain request reaches its host, without what is the proxy’s', async () => {
  await using far = await aFarWeb();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  const answer = await ask(wire, `http://far.test:${far.port}/a/b?c=d`, {
    host: 'evil.test',
    connection: 'x-hop',
    'x-hop': '1',
    accept: 'text/plain',
  });
  expect(answer).toMatchObject({ status: 200, text: 'you asked for /a/b?c=d' });
  expect(answer.headers).toMatchObject({ 'x-answer': 'yes' });
  expect(answer.headers).not.toHaveProperty('x-secret-hop');
  const { headers } = far.requests[0] ?? { headers: {} };
  expect(headers).toMatchObject({ host: `far.test:${far.port}`, accept: 'text/plain' });
  expect(JSON.stringify(headers)).not.toMatch(/evil|proxy-authorization|x-hop/u);
});

test('a host that falls silent is cut, before its answer and in the midst of it', async () => {
  await using far = await aFarWeb((request, response) => {
    if (request.url === '/midst') response.write('once upon');
  });
  const settings = { hosts: [aHost(far.port)], resolve: loopback, idleMs: 100 };
  await using gateway = await aGateway(settings);
  const wire = await gateway.open();
  const answer = await ask(wire, `http://far.test:${far.port}/never`);
  expect(answer).toMatchObject({ status: 502, text: expect.stringContaining('it fell silent') });
  const midst = await ask(wire, `http://far.test:${far.port}/midst`);
  expect(midst).toMatchObject({ status: 200, text: 'once upon', dropped: true });
});

test('a body passes both ways', async () => {
  await using far = await aFarWeb();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  const headers = { 'proxy-authorization': basic(wire.token) };
  const path = `http://far.test:${far.port}/-/audit`;
  const answer = await call(wire, { method: 'POST', path, headers, body: 'x'.repeat(200_000) });
  expect(answer.status).toBe(200);
  await wire[Symbol.asyncDispose]();
  expect(gateway.events.at(-1)).toMatchObject({ hosts: [{ bytesOut: 200_000 }] });
});

test('I8 the proxy asks for plain URLs of listed hosts, with the token', async () => {
  await using far = await aFarWeb();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  const url = `http://far.test:${far.port}/`;
  expect((await call(wire, { path: url })).status).toBe(407);
  expect((await ask(wire, url, { 'proxy-authorization': 'Basic !' })).status).toBe(407);
  expect((await ask(wire, `http://evil.test:${far.port}/`)).status).toBe(403);
  expect((await ask(wire, `http://127.0.0.1:${far.port}/`)).status).toBe(403);
  const odd = [
    'https://far.test/',
    `http://u:p@far.test:${far.port}/`,
    'ftp://far.test/',
    '*',
    'x',
  ];
  for (const path of odd) expect([path, (await ask(wire, path)).status]).toEqual([path, 400]);
  expect(far.requests).toEqual([]);
});

test('I8 plain HTTP inside a tunnel goes to the tunnel’s host, whatever it names', async () => {
  await using far = await aFarWeb();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  const { socket } = await connectTo(wire, `far.test:${far.port}`);
  socket.write('GET /x HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n');
  expect(await text(socket)).toContain('you asked for /x');
  expect(far.requests[0]?.headers.host).toBe(`far.test:${far.port}`);
  const other = await connectTo(wire, `far.test:${far.port}`);
  other.socket.write('GET http://evil.test/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect(await text(other.socket)).toContain(' 400 ');
});

test('I8 two lengths in one request are refused, so none hides behind another', async () => {
  await using far = await aFarWeb();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  const lengths = [
    'Content-Length: 3\r\nTransfer-Encoding: chunked',
    'Content-Length: 3\r\nContent-Length: 9',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding : chunked',
  ];
  for (const length of lengths) {
    const socket = dialWire(wire);
    socket.write(
      `POST http://far.test:${far.port}/ HTTP/1.1\r\nHost: a\r\nProxy-Authorization: ${basic(wire.token)}\r\n${length}\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /u);
  }
  expect(far.requests).toEqual([]);
});
