import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../domain/errors.ts';
import type { Mirror } from './package-routes.ts';

/** One request for a package, past the door. */
export interface PackageRequest {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD';
  /** What the client can read; registries answer with another format for it. */
  readonly accept: string | undefined;
  /** The header that a URL of the registry is to be asked with. */
  readonly authorization: (url: URL) => string | undefined;
  readonly mirrors: readonly Mirror[];
  /** Bytes of the longest answer. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Called with each host before it is asked. */
  readonly asked: (host: string) => void;
}

/** Refuses with a reason that package managers show. */
export function refusePackage(response: ServerResponse, code: number, reason: string): void {
  const body = JSON.stringify({ error: reason });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(code, headers).end(body);
}

/**
 * Asks the registry and passes its answer on. Never throws for what the registry does; the refusal
 * when it gave no answer that can be passed on, else null.
 */
export async function relayPackage(
  order: PackageRequest,
  response: ServerResponse,
): Promise<string | null> {
  const reply = await ask(order);
  if (order.signal.aborted) return null;
  if ('refusal' in reply) {
    refusePackage(response, 502, reply.refusal);
    return reply.refusal;
  }
  await passOn(reply.answer, order, response);
  return null;
}

async function passOn(
  answer: Response,
  order: PackageRequest,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(answer.status, headersOf(answer, order));
  if (answer.body === null || order.method === 'HEAD') return void response.end();
  const bytes = capped(answer.body, order.maxBytes);
  const body = isIndex(answer, order) ? rewritten(bytes, order.mirrors) : bytes;
  try {
    await pipeline(Readable.from(body, { objectMode: false }), response);
  } catch {
    // Too long, or one side broke off: the client must see a broken answer, never a short one.
    response.destroy();
  }
}

type Reply = { readonly answer: Response } | { readonly refusal: string };

const MOST_REDIRECTS = 5;

/** Follows redirects on the registry's own host; another host is none that the operator named. */
async function ask(order: PackageRequest): Promise<Reply> {
  let url = order.url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    order.asked(url.host);
    const reply = await askOnce(url, order);
    if ('refusal' in reply) return reply;
    const { status, headers, body } = reply.answer;
    const location = status < 400 ? headers.get('location') : null;
    if (location === null) return unlessTooLong(reply, order);
    await body?.cancel();
    const next = URL.parse(location, url.href);
    if (next === null || !mayFollow(url, next))
      return { refusal: `${url.href} redirects elsewhere (${next?.host ?? location})` };
    url = next;
  }
  return { refusal: `${order.url.href} redirects too often` };
}

async function unlessTooLong(
  { answer }: { readonly answer: Response },
  { url, maxBytes }: PackageRequest,
): Promise<Reply> {
  if (Number(answer.headers.get('content-length') ?? 0) <= maxBytes) return { answer };
  await answer.body?.cancel();
  return { refusal: `${url.href} is longer than ${maxBytes} bytes` };
}

function mayFollow(from: URL, to: URL): boolean {
  return to.host === from.host && ['https:', from.protocol].includes(to.protocol);
}

async function askOnce(url: URL, order: PackageRequest): Promise<Reply> {
  const { method, accept = '*/*', signal } = order;
  // An archive is passed on as it is; fetch would unpack one that is also sent compressed.
  const encoding = isArchive(order.url) ? 'identity' : 'gzip';
  const authorization = order.authorization(url);
  const headers = {
    accept,
    'accept-encoding': encoding,
    ...(authorization === undefined ? {} : { authorization }),
  };
  try {
    return { answer: await fetch(url, { method, headers, redirect: 'manual', signal }) };
  } catch (error) {
    return { refusal: `${url.host} could not be asked: ${reasonOf(error)}` };
  }
}

/** fetch says "fetch failed" and keeps the reason inside, a set of them when it tried several addresses. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof AggregateError
    ? cause.errors.map(messageOf).join('; ')
    : messageOf(cause);
}

/** Their bytes are hashed by the client, so nothing in them may change. */
function isArchive({ pathname }: URL): boolean {
  return /\.(?:tgz|gz|bz2|xz|zip|whl|egg|metadata)$/u.test(pathname);
}

function isIndex(answer: Response, { url, mirrors }: PackageRequest): boolean {
  const type = answer.headers.get('content-type') ?? '';
  return mirrors.length > 0 && !isArchive(url) && /\b(?:json|html)\b/iu.test(type);
}

function headersOf(answer: Response, order: PackageRequest): Record<string, string> {
  const { headers } = answer;
  const type = headers.get('content-type') ?? 'application/octet-stream';
  const length = headers.get('content-length');
  const asIs = isArchive(order.url) && headers.get('content-encoding') === null;
  return { 'content-type': type, ...(asIs && length !== null ? { 'content-length': length } : {}) };
}

async function* capped(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) throw new RangeError(`the answer is longer than ${most} bytes`);
    yield Buffer.from(chunk);
  }
}

/**
 * Replaces the mirrors' URLs where they begin a quoted text, as links in JSON and HTML do. Keeps
 * back the few bytes in which a URL may be cut; all other bytes stay as they are.
 */
async function* rewritten(
  bytes: AsyncIterable<Buffer>,
  mirrors: readonly Mirror[],
): AsyncGenerator<Buffer> {
  const keep = Math.max(...mirrors.map(({ from }) => from.length));
  let text = '';
  for await (const chunk of bytes) {
    text = replaced(text + chunk.toString('latin1'), mirrors);
    const ready = Math.max(0, text.length - keep);
    if (ready > 0) yield Buffer.from(text.slice(0, ready), 'latin1');
    text = text.slice(ready);
  }
  yield Buffer.from(text, 'latin1');
}

function replaced(text: string, mirrors: readonly Mirror[]): string {
  return mirrors.reduce(
    (all, { from, to }) => all.replaceAll(`"${from}`, `"${to}`).replaceAll(`'${from}`, `'${to}`),
    text,
  );
}
