import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A process that a box must not reach: it holds the canary in its environment and its name. */
export async function aVictim(canary: string, cwd: string): Promise<Victim> {
  const child = spawn('sleep', ['600'], {
    argv0: canary,
    cwd,
    env: { SECRET: canary },
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Victim extends AsyncDisposable {
  readonly pid: number;
}

/** Listens on each place and greets whoever comes. Gives the ports, 0 for what has none. */
export async function greeters(
  places: readonly ListenOptions[],
  greeting: string,
): Promise<AsyncDisposable & { readonly ports: readonly number[] }> {
  const servers = await Promise.all(places.map(async (place) => greeter(place, greeting)));
  return {
    ports: servers.map((server) => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.close();
    },
  };
}

async function greeter(place: ListenOptions, greeting: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${greeting}\n`);
  });
  server.listen(place);
  await once(server, 'listening');
  return server;
}

/** A datagram service, and a name server that knows every name. */
export async function answerers(
  greeting: string,
): Promise<AsyncDisposable & { readonly udp: number; readonly dns: number }> {
  const udp = await answerer(() => Buffer.from(greeting));
  const dns = await answerer(addressOf);
  return {
    udp: udp.address().port,
    dns: dns.address().port,
    async [Symbol.asyncDispose]() {
      udp.close();
      dns.close();
    },
  };
}

async function answerer(
  answer: (question: Buffer) => Buffer,
): Promise<ReturnType<typeof createSocket>> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => socket.send(answer(question), from.port, from.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** 10.9.8.7, whatever was asked. */
function addressOf(question: Buffer): Buffer {
  const record = Buffer.from('c00c00010001000000000004', 'hex');
  const end = question.indexOf(0, 12) + 5;
  const head = Buffer.from(question.subarray(0, end));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, record, Buffer.from([10, 9, 8, 7])]);
}

/** An address of this machine in its network; undefined: it has none. */
export function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address;
}

export function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );
}
