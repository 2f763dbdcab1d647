import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { EgressHost } from '../../../src/domain/egress.ts';
import type { HarnessEvent } from '../../../src/domain/event.ts';
import type { EgressSettings } from '../../../src/gateway/egress/egress.ts';
import type { Wire } from '../../../src/gateway/wire.ts';
import { onLoopback, serveHttp } from '../../support/loopback.ts';
import { sendJson, startBench } from '../wiring.ts';
import type { Bench } from '../wiring.ts';

/** A gateway whose sessions may reach hosts; its model answers anything. */
export function aGateway(egress: Partial<EgressSettings>): Promise<Bench> {
  return startBench((response) => sendJson(response, 200, { usage: {} }), { egress });
}

export function aHost(port: number, more: Partial<EgressHost> = {}): EgressHost {
  return { host: 'far.test', ports: [port], phases: ['implement'], private: true, ...more };
}

export const loopback = async (): Promise<readonly string[]> => ['127.0.0.1'];

/** A server of bytes that keeps what it was sent. */
export interface Far extends AsyncDisposable {
  readonly port: number;
  readonly connections: Socket[];
  received(): string;
}

export async function aFar(answer = 'hello from afar'): Promise<Far> {
  const connections: Socket[] = [];
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      socket.write(answer);
    });
  });
  const { port, close } = await onLoopback(server);
  return {
    port,
    connections,
    received: () => Buffer.concat(chunks).toString('latin1'),
    [Symbol.asyncDispose]: close,
  };
}

export interface FarWeb extends AsyncDisposable {
  readonly port: number;
  readonly requests: IncomingMessage[];
}

function answerWithPath(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'x-answer': 'yes', connection: 'x-secret-hop', 'x-secret-hop': '1' });
  response.end(`you asked for ${request.url}`);
}

/** A web server that answers with the path that was asked for, or as it is told. */
export async function aFarWeb(answer: typeof answerWithPath = answerWithPath): Promise<FarWeb> {
  const requests: IncomingMessage[] = [];
  const { port, close } = await serveHttp((request, response) => {
    requests.push(request);
    request.resume();
    answer(request, response);
  });
  return { port, requests, [Symbol.asyncDispose]: close };
}

export function basic(token: string): string {
  return `Basic ${Buffer.from(`box:${token}`).toString('base64')}`;
}

/** A raw connection to the wire. */
export function dialWire(wire: Wire): Socket {
  return connect({ port: Number(new URL(wire.baseUrl).port), host: '127.0.0.1' });
}

export interface Tunnel {
  readonly status: number;
  /** What the proxy said besides its head, until it closed; for refusals. */
  readonly said: string;
  readonly socket: Socket;
}

/** Asks to be connected, as package managers do. */
export async function connectTo(
  wire: Wire,
  authority: string,
  authorization = basic(wire.token),
): Promise<Tunnel> {
  const socket = dialWire(wire);
  socket.on('error', () => socket.destroy());
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: ${authorization}\r\n\r\n`,
  );
  const head = await headOf(socket);
  const status = Number(head.split(' ')[1]);
  return { status, socket, said: status === 200 ? '' : await text(socket) };
}

async function headOf(socket: Socket): Promise<string> {
  let bytes = Buffer.alloc(0);
  while (!bytes.includes('\r\n\r\n')) {
    const [chunk] = await once(socket, 'data');
    bytes = Buffer.concat([bytes, chunk]);
  }
  socket.pause();
  const end = bytes.indexOf('\r\n\r\n') + 4;
  socket.unshift(bytes.subarray(end));
  return bytes.subarray(0, end).toString();
}

export function egressEvents(events: readonly HarnessEvent[]): readonly HarnessEvent[] {
  return events.filter(({ type }) => type.startsWith('egress.'));
}
