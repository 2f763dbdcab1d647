import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { openingOf } from '../../../src/gateway/egress/client-hello.ts';

/** What a client of this Node really begins with. */
async function aHello(servername?: string): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      resolve(chunk);
      done();
    },
  });
  const client = tls.connect({ socket, ...(servername === undefined ? {} : { servername }) });
  client.on('error', () => undefined);
  const hello = await promise;
  client.destroy();
  return hello;
}

/** The same with one extension more, all lengths mended. */
function withExtension(hello: Buffer, type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(content.length, 2);
  const longer = Buffer.concat([hello, head, content]);
  const more = content.length + 4;
  longer.writeUInt16BE(longer.readUInt16BE(3) + more, 3);
  longer.writeUIntBE(longer.readUIntBE(6, 3) + more, 6, 3);
  const at = extensionsAt(hello);
  longer.writeUInt16BE(longer.readUInt16BE(at) + more, at);
  return longer;
}

function extensionsAt(hello: Buffer): number {
  const session = 9 + 34;
  const ciphers = session + 1 + hello.readUInt8(session);
  const compression = ciphers + 2 + hello.readUInt16BE(ciphers);
  return compression + 1 + hello.readUInt8(compression);
}

function nameExtension(name: string): Buffer {
  const bytes = Buffer.from(name);
  const content = Buffer.alloc(5 + bytes.length);
  content.writeUInt16BE(bytes.length + 3, 0);
  content.writeUInt16BE(bytes.length, 3);
  bytes.copy(content, 5);
  return content;
}

const EXPECTED = { status: 'tls', serverName: 'example.org', encrypted: false };

test('the name of a real hello is read, with whatever follows it', async () => {
  const hello = await aHello('example.org');
  expect(openingOf(hello)).toEqual(EXPECTED);
  expect(openingOf(Buffer.concat([hello, Buffer.from('and more')]))).toEqual(EXPECTED);
  expect(openingOf(await aHello())).toEqual({ ...EXPECTED, serverName: null });
});

test('nothing is said before all of it has come', async () => {
  const hello = await aHello('example.org');
  for (let length = 0; length < hello.length; length += 1)
    expect(openingOf(hello.subarray(0, length))).toEqual({ status: 'more' });
});

test('I8 a hello cut into several records is put together', async () => {
  const hello = await aHello('example.org');
  const message = hello.subarray(5);
  const records = Array.from({ length: Math.ceil(message.length / 17) }, (_, index) => {
    const part = message.subarray(index * 17, index * 17 + 17);
    return Buffer.concat([Buffer.from([22, 3, 1, 0, part.length]), part]);
  });
  expect(openingOf(Buffer.concat(records))).toEqual(EXPECTED);
});

test('I8 an encrypted name is seen, and a second name makes none', async () => {
  const hello = await aHello('example.org');
  expect(openingOf(withExtension(hello, 0xfe0d, Buffer.alloc(3)))).toEqual({
    ...EXPECTED,
    encrypted: true,
  });
  const doubled = withExtension(hello, 0, nameExtension('evil.test'));
  expect(openingOf(doubled)).toEqual({ ...EXPECTED, serverName: '' });
  expect(openingOf(withExtension(await aHello(), 0, nameExtension('a.b')))).toEqual({
    ...EXPECTED,
    serverName: 'a.b',
  });
});

test.each([
  ['a request', 'GET / HTTP/1.1', 'text'],
  ['an older hello', '\x80\x2e\x01\x03\x01', 'unknown'],
  ['another record', '\x17\x03\x03\x00\x01a', 'unknown'],
  ['another handshake', '\x16\x03\x03\x00\x04\x02\x00\x00\x00', 'unknown'],
  ['another version', '\x16\x02\x03\x00\x04\x01\x00\x00\x00', 'unknown'],
  ['a hello without content', '\x16\x03\x03\x00\x04\x01\x00\x00\x00', 'unknown'],
  ['a hello of megabytes', '\x16\x03\x03\x00\x04\x01\xff\xff\xff', 'unknown'],
  ['an empty record', '\x16\x03\x03\x00\x00\x16\x03\x03\x00\x00', 'more'],
])('%s is told apart', (_what, bytes, status) => {
  expect(openingOf(Buffer.from(bytes, 'latin1'))).toEqual({ status });
});

test('I8 any damaged byte is survived', async () => {
  const hello = await aHello('example.org');
  for (let at = 0; at < hello.length; at += 1)
    for (const value of [0, 255]) {
      const damaged = Buffer.from(hello);
      damaged.writeUInt8(value, at);
      expect(['tls', 'more', 'unknown']).toContain(openingOf(damaged).status);
    }
});
