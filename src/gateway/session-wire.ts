import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openMcp } from './mcp/door.ts';
import type { McpDoor } from './mcp/door.ts';
import { createEgress } from './egress/egress.ts';
import type { Egress } from './egress/egress.ts';
import { proxySetup } from './egress/variables.ts';
import type { EgressHost } from '../domain/egress.ts';
import type { HarnessEvent } from '../domain/event.ts';
import { WIRE_URL } from '../safety/box.ts';
import { exchange } from './exchange.ts';
import { assertSocketPath, listenOnLoopback, listenOnSocket } from './listen.ts';
import { isRefusal, refuse, refuseForNow, sendRefusal } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { readRequest } from './request-door.ts';
import type { Session, Shared } from './session.ts';
import { holdsToken } from './token.ts';
import type { Wire, WireOrder } from './wire.ts';

/** More calls at once than any session makes; bounds the memory that a hostile one can take. */
const MAX_CALLS_AT_ONCE = 32;

/** Of all bodies at once: two of the largest there may be. One is copied a few times on its way. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Longer than pauses between calls: an idle connection closed by us looks like a fault to the client. */
const IDLE_CONNECTION_MS = 600_000;

/** An agent sends a request's headers at once; who takes longer holds a connection and nothing else. */
const HEADERS_MS = 20_000;

const MAX_CONNECTIONS = 512;

const PATHS = new Map([
  ['/v1/messages', { charged: true }],
  ['/v1/messages/count_tokens', { charged: false }],
]);

/** Listens for one session. Throws `SOCKET_PATH_TOO_LONG`. */
export async function openWire(shared: Shared, session: Session): Promise<Wire> {
  const { order } = session;
  const path = join(order.folder, 'g.sock');
  if (order.sealed) assertSocketPath(path);
  const token = randomBytes(32).toString('base64url');
  const note = (event: HarnessEvent): Promise<void> => session.note(event);
  await using opening = new AsyncDisposableStack();
  const mcp = await openMcp(shared.mcp, { runId: order.runId, subject: order.subject, note });
  opening.defer(() => mcp.close());
  const calls = createCalls((call) => answer({ ...call, token, mcp }, shared, session));
  const hosts = shared.egress.hosts.filter(({ phases }) => phases.includes(order.subject.phase));
  const { resolve, idleMs } = shared.egress;
  const { subject } = order;
  const egress = createEgress({ subject, hosts, resolve, idleMs, token, note });
  const server = listenTo(calls, egress);
  opening.defer(() => closeServer(server, { calls, egress }));
  const socket = order.sealed ? await listenOnSocket(server, path) : null;
  const baseUrl = order.sealed ? WIRE_URL : await listenOnLoopback(server);
  const env = order.sealed && hosts.length > 0 ? await lead(shared, { order, token, hosts }) : {};
  const opened = opening.move();
  let closing: Promise<void> | undefined;
  return Object.freeze({
    baseUrl,
    token,
    kind: shared.upstream.credential?.kind ?? 'api_key',
    env,
    servers: mcp.servers,
    socket,
    verdict: () => session.verdict(),
    lastByteAt: () => session.lastByteAt(),
    [Symbol.asyncDispose]: () => (closing ??= opened.disposeAsync()),
  });
}

interface Led {
  readonly order: WireOrder;
  readonly token: string;
  readonly hosts: readonly EgressHost[];
}

/** Leads programs in a box to its proxy; npm's file is beside the socket, which a box can only read. */
async function lead(
  { egress }: Shared,
  { order, token, hosts }: Led,
): Promise<Readonly<Record<string, string>>> {
  const npmrc = join(order.folder, 'npmrc');
  const names = hosts.map(({ host }) => host);
  const setup = proxySetup(egress.registries, { wire: WIRE_URL, token, npmrc, hosts: names });
  if (setup.npmrc !== null) await writeFile(npmrc, setup.npmrc, { mode: 0o600 });
  return setup.env;
}

function listenTo(calls: Calls, egress: Egress): Server {
  const patience = {
    keepAliveTimeout: IDLE_CONNECTION_MS,
    headersTimeout: HEADERS_MS,
    connectionsCheckingInterval: HEADERS_MS / 4,
  };
  const server = createServer(patience, (request, response) => {
    if (request.url?.startsWith('/') === true) calls.take(request, response);
    else egress.forward(request, response);
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server.on('connect', (request, socket, head) => egress.tunnel(request, socket, head));
}

interface Behind {
  readonly calls: Calls;
  readonly egress: Egress;
}

async function closeServer(server: Server, { calls, egress }: Behind): Promise<void> {
  const closed = server.listening ? once(server, 'close') : undefined;
  server.close();
  server.closeAllConnections();
  await Promise.all([closed, calls.settled(), egress.close()]);
}

interface TakenCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  /** Takes memory until the call has ended; false: the calls of this session hold all there is. */
  readonly hold: (bytes: number) => boolean;
}

interface Visit extends TakenCall {
  readonly token: string;
  readonly mcp: McpDoor;
}

async function answer(visit: Visit, shared: Shared, session: Session): Promise<void> {
  const { request, response, signal, token, mcp } = visit;
  const target = request.url ?? '';
  if (mcp.knows(target) && holdsToken(request.headers, token)) {
    session.touch();
    return mcp.answer(request, response, signal);
  }
  const path = PATHS.get(target.split('?', 1)[0] ?? '');
  const refusal = refuseVisit(visit, path !== undefined);
  if (refusal !== undefined || path === undefined)
    return sendRefusal(response, refusal ?? NOT_FOUND);
  session.touch();
  const { providerTools } = shared;
  const reception = { providerTools, touch: () => session.touch(), hold: visit.hold };
  const asked = await readRequest(request, reception);
  if (isRefusal(asked)) return sendRefusal(response, asked);
  const { headers } = request;
  await exchange(shared, session, {
    target,
    headers,
    asked,
    response,
    signal,
    charged: path.charged,
  });
}

const NOT_FOUND = refuse(
  404,
  'not_found_error',
  'The gateway forwards model calls and listed MCP servers only.',
);

function refuseVisit({ request, token }: Visit, known: boolean): Refusal | undefined {
  if (!holdsToken(request.headers, token))
    return refuse(401, 'authentication_error', 'This is not the token of this session.');
  return known && request.method === 'POST' ? undefined : NOT_FOUND;
}

interface Calls {
  take(request: IncomingMessage, response: ServerResponse): void;
  /** When every call taken so far has ended and been charged. */
  settled(): Promise<void>;
}

function createCalls(handle: (call: TakenCall) => Promise<void>): Calls {
  const open = new Set<Promise<void>>();
  let held = 0;

  async function run(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    let mine = 0;
    const hold = (bytes: number): boolean => {
      if (held + bytes > MAX_HELD_BYTES) return false;
      held += bytes;
      mine += bytes;
      return true;
    };
    response.once('close', () => {
      if (!response.writableFinished) left.abort();
    });
    try {
      await handle({ request, response, signal: left.signal, hold });
    } catch {
      // The client broke off its own request, or the gateway has a fault: nothing was forwarded back.
      if (response.headersSent || response.destroyed) response.destroy();
      else
        sendRefusal(response, refuseForNow(500, 'api_error', 'The gateway failed on this call.'));
    } finally {
      held -= mine;
    }
  }

  return {
    take(request, response) {
      if (open.size >= MAX_CALLS_AT_ONCE)
        return sendRefusal(
          response,
          refuseForNow(429, 'rate_limit_error', 'Too many calls at once.'),
        );
      const call = run(request, response).finally(() => open.delete(call));
      open.add(call);
    },
    settled: async () => void (await Promise.all(open)),
  };
}
