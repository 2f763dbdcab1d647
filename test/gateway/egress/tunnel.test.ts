import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { aFar, aGateway, aHost, basic, connectTo, egressEvents, loopback } from './a-proxy.ts';
import type { Tunnel } from './a-proxy.ts';

async function allButGone(host: string): Promise<readonly string[]> {
  if (host === 'gone.test') throw new Error('ENOTFOUND');
  return ['127.0.0.1'];
}

/** Begins TLS in a tunnel and tells how that ended; nobody answers it. */
function greet({ socket }: Tunnel, servername: string): Promise<string> {
  const client = tls.connect({ socket, servername, rejectUnauthorized: false });
  return new Promise((resolve) => {
    client.once('error', (error) => resolve(error.message));
    client.once('close', () => resolve('closed'));
  });
}

test('I8 a listed host is reached, told once and counted', async () => {
  await using far = await aFar();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  for (let times = 0; times < 3; times += 1) {
    const tunnel = await connectTo(wire, `FAR.test.:${far.port}`);
    expect(tunnel.status).toBe(200);
    // What the far side says is no TLS: the greeting got there and the answer came back.
    expect(await greet(tunnel, 'far.test')).toMatch(/wrong version number|packet length/u);
  }
  expect(far.received()).toContain('far.test');
  await wire[Symbol.asyncDispose]();
  const host = `far.test:${far.port}`;
  const [asked, counted, ...others] = egressEvents(gateway.events);
  expect(others).toEqual([]);
  expect(asked).toMatchObject({ type: 'egress.asked', host, allowed: true, reason: null });
  expect(counted).toMatchObject({
    type: 'egress.counted',
    subject: { phase: 'implement', item: 'API-1' },
    hosts: [{ host, allowed: 3, refused: 0, bytesIn: 3 * 'hello from afar'.length }],
    more: 0,
  });
});

test('I8 only the token of this session opens the proxy', async () => {
  await using far = await aFar();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const [mine, other] = [await gateway.open(), await gateway.open({ sessionId: 'other' })];
  const wrong = [basic(other.token), basic(''), `Bearer ${mine.token}`, '', mine.token];
  for (const authorization of wrong) {
    const { status, said } = await connectTo(mine, `far.test:${far.port}`, authorization);
    expect([status, said]).toEqual([407, 'The proxy wants the token of this session.\n']);
  }
  expect(far.connections).toEqual([]);
  expect(egressEvents(gateway.events)).toEqual([]);
});

test('I8 what is not listed is refused before its name is looked up', async () => {
  await using far = await aFar();
  const looked: string[] = [];
  const hosts = [aHost(far.port), aHost(far.port, { host: 'later.test', phases: ['testing'] })];
  const resolve = async (host: string): Promise<readonly string[]> => {
    looked.push(host);
    return loopback();
  };
  await using gateway = await aGateway({ hosts, resolve });
  const wire = await gateway.open();
  const names = ['evil.test', 'later.test', 'far.test.evil.test', 'sub.far.test', '127.0.0.1'];
  for (const name of [...names, ...names]) {
    const { status, said } = await connectTo(wire, `${name}:${far.port}`);
    expect([name, status]).toEqual([name, 403]);
    expect(said).toContain('sandbox.egress');
  }
  expect((await connectTo(wire, `far.test:${far.port + 1}`)).status).toBe(403);
  for (const odd of ['far.test', `far.test%2e:${far.port}`, `a@far.test:${far.port}`, ':443'])
    expect([odd, (await connectTo(wire, odd)).status]).toEqual([odd, 400]);
  expect(looked).toEqual([]);
  expect(far.connections).toEqual([]);
  await wire[Symbol.asyncDispose]();
  const events = egressEvents(gateway.events);
  expect(events.map(({ type }) => type)).toEqual([
    ...Array.from({ length: 6 }, () => 'egress.asked'),
    'egress.counted',
  ]);
  expect(events.at(-1)).toMatchObject({
    hosts: [{ host: `evil.test:${far.port}`, refused: 2 }, {}, {}, {}, {}, {}],
  });
});

test('I8 a public name that stands for a private address is refused, and each address is judged', async () => {
  await using far = await aFar();
  const hosts = [aHost(far.port, { private: false })];
  let answer: readonly string[] = ['127.0.0.1'];
  await using gateway = await aGateway({ hosts, resolve: async () => answer });
  const wire = await gateway.open();
  const hidden = [
    '10.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '169.254.169.254',
    '0.0.0.0',
  ];
  for (const address of ['127.0.0.1', ...hidden]) {
    answer = [address];
    const { status, said } = await connectTo(wire, `far.test:${far.port}`);
    expect([address, status]).toEqual([address, 403]);
    expect(said).toContain('private: true');
  }
  expect(far.connections).toEqual([]);
});

test('I8 not even a private host may be a metadata service', async () => {
  await using far = await aFar();
  const hosts = [aHost(far.port), aHost(far.port, { host: '169.254.169.254' })];
  await using gateway = await aGateway({ hosts, resolve: async () => ['169.254.169.254'] });
  const wire = await gateway.open();
  for (const host of ['far.test', '169.254.169.254'])
    expect((await connectTo(wire, `${host}:${far.port}`)).status).toBe(403);
});

test('I8 the address that was judged is the one connected to, however the name changes', async () => {
  await using far = await aFar();
  let asked = 0;
  // First what the list allows, then what a second look-up would get.
  const resolve = async (): Promise<readonly string[]> =>
    (asked += 1) === 1 ? ['127.0.0.1', '169.254.169.254'] : ['127.0.0.9'];
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve });
  expect((await connectTo(await gateway.open(), `far.test:${far.port}`)).status).toBe(200);
  expect(asked).toBe(1);
  expect(far.connections).toHaveLength(1);
});

test('I8 another name inside the tunnel, or none, leads nowhere', async () => {
  await using far = await aFar();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  for (const name of ['evil.test', ''])
    expect(await greet(await connectTo(wire, `far.test:${far.port}`), name)).toMatch(
      /unrecognized name/u,
    );
  for (const junk of ['\0\x01\x02', '\x16\x03\x01\0\x04\x02\0\0\0', 'SSH-2.0-x'.toLowerCase()]) {
    const { socket } = await connectTo(wire, `far.test:${far.port}`);
    socket.write(junk, 'latin1');
    expect(await text(socket)).not.toContain('hello');
  }
  expect(far.received()).toBe('');
  expect(
    egressEvents(gateway.events).filter((event) => JSON.stringify(event).includes('inside')),
  ).toHaveLength(1);
});

test('a host that cannot be resolved or reached is a bad gateway, with the reason', async () => {
  const far = await aFar();
  await far[Symbol.asyncDispose]();
  const hosts = [aHost(far.port), aHost(far.port, { host: 'gone.test' })];
  await using gateway = await aGateway({ hosts, resolve: allButGone });
  const wire = await gateway.open();
  const unresolved = await connectTo(wire, `gone.test:${far.port}`);
  expect([unresolved.status, unresolved.said]).toEqual([502, expect.stringContaining('ENOTFOUND')]);
  const unreachable = await connectTo(wire, `far.test:${far.port}`);
  expect(unreachable).toMatchObject({ status: 502, said: expect.stringContaining('ECONNREFUSED') });
});

test('the end of a session ends its tunnels, those that never began too', async () => {
  await using far = await aFar();
  await using gateway = await aGateway({ hosts: [aHost(far.port)], resolve: loopback });
  const wire = await gateway.open();
  const idle = await connectTo(wire, `far.test:${far.port}`);
  const busy = await connectTo(wire, `far.test:${far.port}`);
  const greeted = greet(busy, 'far.test');
  await expect.poll(() => far.received()).toContain('far.test');
  const closed = once(idle.socket.resume(), 'close');
  await wire[Symbol.asyncDispose]();
  await Promise.all([closed, greeted]);
  await expect
    .poll(() => far.connections.every((socket) => socket.destroyed || socket.readableEnded))
    .toBe(true);
});

test('I8 a session of a phase without hosts is told of no proxy', async () => {
  await using gateway = await aGateway({ hosts: [aHost(1)], resolve: loopback });
  expect((await gateway.open()).env).toEqual({});
});
