import http from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isAddress } from '../../domain/egress.ts';
import { messageOf } from '../../domain/errors.ts';
import { nameOf, pinned } from './destination.ts';
import type { Tally } from './tally.ts';
import { LIFE_MS, type OpenRoute } from './tunnel.ts';

/** One plain request on its way. */
export interface PlainOrder {
  readonly route: OpenRoute;
  /** Path and query. */
  readonly path: string;
  readonly tally: Tally;
  /** Silence that ends it, in milliseconds. */
  readonly idleMs: number;
}

/** Meant for the next hop only (RFC 9110, 7.6.1), or for this proxy. */
const HOP_BY_HOP =
  /^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|proxy-[\w-]+|host)$/u;

/** Sends one request in plain HTTP to its host and passes the answer back. Never throws. */
export async function forwardPlain(
  request: IncomingMessage,
  response: ServerResponse,
  order: PlainOrder,
): Promise<void> {
  const { route, tally } = order;
  const name = nameOf(route.destination);
  const asking = ask(request, order);
  const answered = new Promise<IncomingMessage | string>((resolve) => {
    asking.once('response', resolve);
    asking.on('error', (error) => resolve(messageOf(error)));
  });
  asking.once('timeout', () => asking.destroy(new Error('it fell silent')));
  const life = setTimeout(() => asking.destroy(new Error('it took too long')), LIFE_MS);
  response.once('close', () => {
    clearTimeout(life);
    asking.destroy();
  });
  const sent = pipeline(request, tally.meter(name, 'out'), asking);
  sent.catch(() => asking.destroy());
  const answer = await answered;
  if (typeof answer === 'string')
    return refusePlain(response, { code: 502, reason: `${name} could not be asked: ${answer}` });
  response.writeHead(answer.statusCode ?? 502, passable(answer.headers));
  try {
    await pipeline(answer, tally.meter(name, 'in'), response);
  } catch {
    // The client must see a broken answer, never a short one.
    response.destroy();
  }
}

function ask(request: IncomingMessage, { route, path, idleMs }: PlainOrder): http.ClientRequest {
  const { host, port } = route.destination;
  return http.request({
    method: request.method ?? 'GET',
    host: isAddress(host) ? route.addresses[0] : host,
    port,
    path,
    lookup: pinned(route.addresses),
    agent: false,
    timeout: idleMs,
    headers: { ...passable(request.headers), host: port === 80 ? host : `${host}:${port}` },
  });
}

function passable(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/[\s,]+/u));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name) && !named.has(name)),
  );
}

/** What a client is told instead of an answer. */
export interface ProxyRefusal {
  readonly code: number;
  /** In words that a person may see at the end of a package manager's output. */
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with the refusal, or ends an answer that has begun. */
export function refusePlain(response: ServerResponse, refusal: ProxyRefusal): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { code, reason, headers } = refusal;
  const length = Buffer.byteLength(reason) + 1;
  const usual = { 'content-type': 'text/plain; charset=utf-8', 'content-length': length };
  response.writeHead(code, { ...usual, connection: 'close', ...headers }).end(`${reason}\n`);
}
