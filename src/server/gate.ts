import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Http } from './parts.ts';
import { Refusal } from './problems.ts';

/** Who may ask, and by which name. */
export interface GateOrder {
  /** Bound to loopback, so that only loopback's names are ours. */
  readonly loopback: boolean;
  /** The port we listen on; known once we do. */
  readonly port: () => number;
  /** Further names under which a proxy or a network reaches us. */
  readonly names: readonly string[];
  readonly token: string;
  readonly log: (line: string) => void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a token: it tells nothing that is anybody's. */
    readonly open?: boolean;
    /** A page that a link from elsewhere may lead to. */
    readonly page?: boolean;
    /** Signed by its sender, who has no token. */
    readonly signed?: boolean;
  }
}

/** Wrong tokens that one address may try in a minute; the rest is refused unlogged. None can be guessed anyway. */
const MOST_WRONG = 20;

const MINUTE_MS = 60_000;

/** Checks Host, Origin and token of every request before anything of it is read (I12). */
export function guard(app: Http, order: GateOrder): void {
  const right = sha256(order.token);
  const wrong = createTally();
  app.addHook('onRequest', async (request, reply) => {
    setHeaders(reply);
    refuseHost(order, request);
    refuseOrigin(request);
    const { open = false, signed = false } = request.routeOptions.config;
    if (open || signed) return;
    // Before the tally: else whoever shares an address with the owner keeps the owner out.
    if (isRight(request, right)) return;
    if (wrong.of(request.ip) >= MOST_WRONG) throw tooMany();
    wrong.add(request.ip);
    order.log(`api: a request with a missing or wrong token was refused, from ${request.ip}`);
    throw denied();
  });
}

function setHeaders(reply: FastifyReply): void {
  reply.headers({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
}

/**
 * A page elsewhere may make its own name point at us: the name it used stands in Host. Numbers can't
 * be made to point elsewhere.
 */
function refuseHost(order: GateOrder, { headers: { host }, raw }: FastifyRequest): void {
  // Whoever is between us may have believed the other one, and Node shows the first alone.
  if (raw.rawHeaders.filter(isNameOfHost).length > 1)
    throw new Refusal(400, 'HOST_REFUSED', { detail: 'A request names one Host' });
  const place = placeOf(host);
  if (place !== undefined && isOurs(order, place)) return;
  throw new Refusal(421, 'HOST_REFUSED', {
    detail:
      'This is not a name of this server; use its address, or give the name with --allow-host',
  });
}

/** Names and values stand in turn. */
function isNameOfHost(text: string, at: number): boolean {
  return at % 2 === 0 && text.toLowerCase() === 'host';
}

interface Place {
  readonly name: string;
  readonly port: number;
}

function placeOf(host: string | undefined): Place | undefined {
  const parts = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?<port>\d{1,5}))?$/iu.exec(host ?? '');
  const name = parts?.groups?.['name']?.toLowerCase();
  if (name === undefined) return undefined;
  return { name, port: Number(parts?.groups?.['port'] ?? 80) };
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function isOurs({ loopback, names, port }: GateOrder, place: Place): boolean {
  if (names.includes(place.name)) return true;
  if (loopback) return LOOPBACK.has(place.name) && place.port === port();
  // Behind the port mapping of a container any port may be ours.
  return LOOPBACK.has(place.name) || isIP(place.name.replaceAll(/[[\]]/gu, '')) !== 0;
}

/** Browsers say where a request comes from; only our own pages may ask. */
function refuseOrigin({ headers, method, routeOptions }: FastifyRequest): void {
  const { host, origin } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    throw elsewhere();
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'none' || site === 'same-origin') return;
  const followed = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if (!(followed && routeOptions.config.page === true)) throw elsewhere();
}

function elsewhere(): Refusal {
  return new Refusal(403, 'ORIGIN_REFUSED', { detail: 'Pages from elsewhere may not ask' });
}

function isRight({ headers: { authorization = '' } }: FastifyRequest, right: Buffer): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/iu.exec(authorization)?.[1];
  return given !== undefined && timingSafeEqual(sha256(given), right);
}

/** Of equal length whatever was given, so that the comparison tells nothing. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function denied(): Refusal {
  return new Refusal(401, 'TOKEN_WRONG', {
    detail:
      'Send `Authorization: Bearer TOKEN`, with the token that `harness serve` named when it started',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function tooMany(): Refusal {
  return new Refusal(429, 'TOO_MANY', {
    detail: 'Too many wrong tokens from this address; wait a minute',
    headers: { 'retry-after': '60' },
  });
}

/** Counts of the present minute. */
function createTally(): { of(who: string): number; add(who: string): void } {
  let began = 0;
  const counts = new Map<string, number>();
  const fresh = (): void => {
    if (performance.now() - began < MINUTE_MS && counts.size < 10_000) return;
    began = performance.now();
    counts.clear();
  };
  return {
    of(who) {
      fresh();
      return counts.get(who) ?? 0;
    },
    add(who) {
      counts.set(who, (counts.get(who) ?? 0) + 1);
    },
  };
}
