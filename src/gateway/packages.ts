import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registries } from '../domain/registries.ts';
import { WIRE_URL } from '../safety/box.ts';
import type { PackageWire } from '../workspaces/environment/open-environments.ts';
import { listenOnLoopback, listenOnSocket } from './listen.ts';
import { refusePackage, relayPackage } from './package-answer.ts';
import { lockMirrorsOf, mirrorsOf, routesOf, targetOf, variablesOf } from './package-routes.ts';
import type { PackageRoute } from './package-routes.ts';

interface PackageCredential {
  /** Start of the URLs it is for, without the scheme: `//host/path/`. */
  readonly start: string;
  /** Value of the `authorization` header. */
  readonly header: string;
}

/** Which registries, and how a preparation reaches them. */
export interface PackagesOrder {
  readonly registries: Registries;
  /** What the registries are paid with; it goes to nobody else, and never into a box. */
  readonly credentials: readonly PackageCredential[];
  /** For the socket: a folder of our own, whose path stays under 80 bytes. */
  readonly folder: string;
  /** False: boxes have no network of their own, so the wire listens on a loopback port. */
  readonly sealed: boolean;
  /** Bytes of the longest answer; for tests. */
  readonly maxBytes?: number;
}

/** Told of a host before it is asked, and again with the reason when it gave no answer. */
export type HostAsked = (host: string, reason: string | null) => void;

/**
 * The way of package managers from a box to the operator's own registries, and to nothing else.
 * Reads only.
 */
export interface Packages extends AsyncDisposable {
  /** A way for one preparation, so that its hosts can be told apart. @throws HarnessError SOCKET_PATH_TOO_LONG */
  wire(asked: HostAsked): Promise<PackageWire & AsyncDisposable>;
}

/** The way to the registries; it listens from the first `wire()` until it is disposed of. */
export function createPackages(order: PackagesOrder): Packages {
  const open = new Set<AsyncDisposable>();
  let count = 0;
  return Object.freeze({
    async wire(asked) {
      count += 1;
      const wire = await openWire({ ...order, asked }, count);
      const close = async (): Promise<void> => {
        open.delete(wire);
        await wire[Symbol.asyncDispose]();
      };
      open.add(wire);
      return Object.freeze({ ...wire, [Symbol.asyncDispose]: close });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open].map((wire) => wire[Symbol.asyncDispose]()));
    },
  } satisfies Packages);
}

/** By route: why it led to nothing the last time it was asked. Routes that answer have none. */
type Troubles = Map<string, string>;

interface WireOrder extends PackagesOrder {
  readonly asked: HostAsked;
}

async function openWire(order: WireOrder, number: number): Promise<PackageWire & AsyncDisposable> {
  const troubles: Troubles = new Map();
  const server = createServer(answers(order, troubles));
  // In a folder of its own, because the box is shown the whole folder.
  const folder = join(order.folder, 'packages', String(number));
  const socket = order.sealed ? await listenOnSocket(server, join(folder, 'p.sock')) : null;
  const base = order.sealed ? WIRE_URL : await listenOnLoopback(server);
  return Object.freeze({
    socket,
    env: variablesOf(order.registries, base),
    mirrors: lockMirrorsOf(routesOf(order.registries), base),
    troubles: () => [...troubles.values()],
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  });
}

/** More than any package manager opens; bounds what a hostile install script can take. */
const MOST_AT_ONCE = 128;

/** Above the largest packages there are; what a box has room for is its own limit. */
const MOST_BYTES = 4 * 1024 ** 3;

function answers(
  order: WireOrder,
  troubles: Troubles,
): (from: IncomingMessage, to: ServerResponse) => void {
  const routes = routesOf(order.registries);
  let underway = 0;
  return (request, response) => {
    underway += 1;
    response.once('close', () => (underway -= 1));
    if (underway > MOST_AT_ONCE) return refusePackage(response, 503, 'too many requests at once');
    answer({ order, routes, troubles, request }, response).catch(() => response.destroy());
  };
}

interface Visit {
  readonly order: WireOrder;
  readonly routes: readonly PackageRoute[];
  readonly troubles: Troubles;
  readonly request: IncomingMessage;
}

async function answer(visit: Visit, response: ServerResponse): Promise<void> {
  const { order, routes, troubles, request } = visit;
  const { method, headers } = request;
  if (method !== 'GET' && method !== 'HEAD')
    return refusePackage(response, 405, 'packages are read here, nothing else');
  const target = targetOf(routes, request.url ?? '');
  if (target.status === 'refused') return refusePackage(response, 400, target.reason);
  const { route } = target;
  if (target.status === 'closed') {
    troubles.set(route.prefix, target.reason);
    return refusePackage(response, 403, target.reason);
  }
  const left = new AbortController();
  response.once('close', () => left.abort());
  const refusal = await relayPackage(
    {
      url: target.url,
      method,
      accept: headers.accept,
      mirrors: mirrorsOf(routes, route.links, baseOf(order, request)),
      maxBytes: order.maxBytes ?? MOST_BYTES,
      signal: left.signal,
      authorization: (url) => headerFor(order.credentials, url),
      asked: (host) => order.asked(host, null),
    },
    response,
  );
  if (refusal === null) troubles.delete(route.prefix);
  else {
    troubles.set(route.prefix, refusal);
    order.asked(target.url.host, refusal);
  }
}

/** The one with the longest start that fits: npm's own rule. */
function headerFor(credentials: readonly PackageCredential[], url: URL): string | undefined {
  const plain = `//${url.host}${url.pathname}`;
  const fitting = credentials.filter(({ start }) => plain.startsWith(start));
  return fitting.toSorted((a, b) => b.start.length - a.start.length)[0]?.header;
}

/** The wire as this client sees it. */
function baseOf({ sealed }: PackagesOrder, { socket }: IncomingMessage): string {
  return sealed ? WIRE_URL : `http://127.0.0.1:${socket.localPort ?? 0}`;
}
