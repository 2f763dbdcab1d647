import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EgressHost } from '../../domain/egress.ts';
import type { HarnessEvent, Subject } from '../../domain/event.ts';
import type { Registries } from '../../domain/registries.ts';
import { holdsProxyToken } from '../token.ts';
import { destinationOf, nameOf, plainTargetOf, routeTo } from './destination.ts';
import type { Destination, Resolve, Route } from './destination.ts';
import { forwardPlain, refusePlain } from './plain.ts';
import type { ProxyRefusal } from './plain.ts';
import { createTally } from './tally.ts';
import type { Tally } from './tally.ts';
import { dial, faultOf, IDLE_MS, join, peek, TLS_ALERT } from './tunnel.ts';

/** What the operator lets every session of this process reach. */
export interface EgressSettings {
  readonly hosts: readonly EgressHost[];
  /** Told to package managers. */
  readonly registries: Registries;
  readonly resolve: Resolve;
  /** Silence that ends a connection, in milliseconds; for tests. */
  readonly idleMs?: number | undefined;
}

/** What one session may reach, and who is told of it. */
export interface EgressOrder {
  readonly subject: Subject;
  /** Those of this session's phase. */
  readonly hosts: readonly EgressHost[];
  readonly resolve: Resolve;
  readonly idleMs?: number | undefined;
  readonly token: string;
  /** Keeps a fact of the session. Never throws. */
  readonly note: (event: HarnessEvent) => Promise<void>;
}

/** The proxy of one session: to listed hosts and nowhere else. */
export interface Egress {
  /** A request with a whole URL as its target: plain HTTP. */
  forward(request: IncomingMessage, response: ServerResponse): void;
  /** A request to be connected: TLS, whose inside stays closed to us. */
  tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends what is under way and tells what was counted. */
  close(): Promise<void>;
}

/** More than package managers open; bounds what a hostile script can take. */
const MOST_AT_ONCE = 96;

const WANTS_TOKEN: ProxyRefusal = {
  code: 407,
  reason: 'The proxy wants the token of this session.',
  headers: { 'proxy-authenticate': 'Basic realm="gateway"' },
};

interface Proxy extends EgressOrder {
  readonly idleMs: number;
  readonly tally: Tally;
  /** Near and far ends of tunnels. */
  readonly sockets: Set<Socket>;
  readonly visits: Set<Promise<void>>;
  /** Where the plain requests in a tunnel lead. */
  readonly inside: WeakMap<Socket, Destination>;
}

/** The door to the outside of one session: named hosts only, and each visit counted. */
export function createEgress(order: EgressOrder): Egress {
  const tally = createTally(order.subject, order.note);
  const visits = new Set<Promise<void>>();
  const inside = new WeakMap<Socket, Destination>();
  const { idleMs = IDLE_MS } = order;
  const proxy: Proxy = { ...order, idleMs, tally, visits, inside, sockets: new Set() };
  const plain = createServer({ keepAliveTimeout: 10_000 }, (request, response) => {
    enter(proxy, () => fromTunnel(proxy, request, response), response);
  });
  return {
    forward(request, response) {
      enter(proxy, () => fromTarget(proxy, request, response), response);
    },
    tunnel(request, socket, head) {
      if (!(socket instanceof Socket)) return void socket.destroy();
      hold(proxy, socket);
      const pass = (): void => {
        plain.emit('connection', socket);
        socket.resume();
      };
      enter(proxy, () => connected(proxy, { request, socket, head, pass }), socket);
    },
    async close() {
      for (const socket of proxy.sockets) socket.destroy();
      await Promise.all(visits);
      const summary = tally.summary();
      if (summary !== null) await order.note(summary);
    },
  };
}

function hold({ sockets, idleMs }: Proxy, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.once('close', () => sockets.delete(socket));
}

/** What breaks is this visit only. */
function enter({ visits }: Proxy, visit: () => Promise<void>, end: Duplex | ServerResponse): void {
  const running = visit()
    .catch(() => void end.destroy())
    .finally(() => visits.delete(running));
  visits.add(running);
}

/** Judges a destination and keeps the fact. */
async function judged(proxy: Proxy, destination: Destination): Promise<Route> {
  const name = nameOf(destination);
  const { tally, visits } = proxy;
  const full = visits.size > MOST_AT_ONCE ? 'too many connections at once' : tally.exhausted();
  const route: Route =
    full === null
      ? await routeTo(destination, proxy)
      : { status: 'refused', code: 403, reason: `${name}: ${full}` };
  tally.asked(name, route.status === 'open' ? null : route.reason);
  return route;
}

async function fromTarget(
  proxy: Proxy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!holdsProxyToken(request.headers, proxy.token)) return refusePlain(response, WANTS_TOKEN);
  const target = plainTargetOf(request.url ?? '');
  if (target !== undefined) return answerPlain(proxy, { request, response, ...target });
  refusePlain(response, {
    code: 400,
    reason: 'This is no http:// URL that the proxy can ask for.',
  });
}

/** The host was chosen when the tunnel was opened; the request can't choose another. */
async function fromTunnel(
  proxy: Proxy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const destination = proxy.inside.get(request.socket);
  const path = request.url ?? '';
  if (destination === undefined || !path.startsWith('/'))
    return refusePlain(response, {
      code: 400,
      reason: 'This is no request that the tunnel can carry.',
    });
  await answerPlain(proxy, { request, response, destination, path });
}

interface PlainVisit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly destination: Destination;
  readonly path: string;
}

async function answerPlain(proxy: Proxy, visit: PlainVisit): Promise<void> {
  const { request, response, destination, path } = visit;
  const route = await judged(proxy, destination);
  if (route.status === 'refused') return refusePlain(response, route);
  const { tally, idleMs } = proxy;
  await forwardPlain(request, response, { route, path, tally, idleMs });
}

interface TunnelVisit {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  /** Gives the socket to the server of plain requests. */
  readonly pass: () => void;
}

async function connected(proxy: Proxy, visit: TunnelVisit): Promise<void> {
  const { request, socket } = visit;
  if (!holdsProxyToken(request.headers, proxy.token)) return refuse(socket, WANTS_TOKEN);
  const destination = destinationOf(request.url ?? '');
  if (destination === undefined)
    return refuse(socket, {
      code: 400,
      reason: 'This is no host and port that the proxy can connect to.',
    });
  const route = await judged(proxy, destination);
  if (route.status === 'refused') return refuse(socket, route);
  const far = await dial(route);
  if (typeof far === 'string')
    return refuse(socket, { code: 502, reason: `${nameOf(destination)} is not reachable: ${far}` });
  hold(proxy, far);
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  await begin(proxy, { ...visit, far, destination });
}

/** A tunnel is let through once its first bytes say where they want to go. */
async function begin(
  proxy: Proxy,
  tunnel: TunnelVisit & { readonly far: Socket; readonly destination: Destination },
): Promise<void> {
  const { socket, head, far, destination, pass } = tunnel;
  const { tally } = proxy;
  const name = nameOf(destination);
  const opening = await peek(socket, head);
  if (opening.status === 'text' && destination.port !== 443) {
    far.destroy();
    proxy.inside.set(socket, destination);
    return pass();
  }
  const fault = faultOf(opening, destination);
  if (fault === null) return join({ near: socket, far, name, tally });
  far.destroy();
  if (socket.destroyed) return;
  tally.asked(name, fault);
  socket.end(TLS_ALERT);
}

function refuse(socket: Socket, { code, reason, headers = {} }: ProxyRefusal): void {
  const body = `${reason}\n`;
  const lines = Object.entries({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // Some clients show nothing of an answer but its first line.
  const phrase = reason.replaceAll(/[^ -~]/gu, '?').slice(0, 200);
  socket.end(`HTTP/1.1 ${code} ${phrase}\r\n${lines.join('')}\r\n${body}`);
}
