import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import type { Http } from './parts.ts';
import { Refusal } from './problems.ts';

/** Which process this is, and whether another one is gone; undefined where that can't be told. */
interface Owner {
  readonly maker: string;
  isGone(maker: string): Promise<boolean | undefined>;
}

/**
 * A POST with an Idempotency-Key is carried out once at most: the same again is answered as it was then, also
 * after a restart; another one under this key is refused. A key whose server died, or failed, before it had
 * stored an answer is never carried out again: what became of it is for the caller to look up (`KEY_UNSETTLED`).
 */
export function carryOutOnce(http: Http, { store }: Pick<App, 'store'>, owner: Owner): void {
  const begun = new WeakMap<FastifyRequest, string>();
  /** Fingerprints of what this server carries out, by key. */
  const underWay = new Map<string, string>();
  http.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request);
    if (key === undefined) return undefined;
    const fingerprint = fingerprintOf(request);
    const same = underWay.get(key);
    if (same !== undefined) throw same === fingerprint ? busy() : reused();
    underWay.set(key, fingerprint);
    const answer = await take(store, owner, { key, fingerprint }).catch((error: unknown) => {
      underWay.delete(key);
      throw error;
    });
    if (answer === null) {
      begun.set(request, key);
      return undefined;
    }
    underWay.delete(key);
    return replay(reply, answer);
  });
  http.addHook('onSend', async (request, reply, payload) => {
    const key = begun.get(request);
    if (key === undefined) return payload;
    begun.delete(request);
    try {
      await settle(store, key, { status: reply.statusCode, body: bodyOf(payload) });
    } finally {
      underWay.delete(key);
    }
    return payload;
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What was answered then; null: it is to be carried out now. */
async function take(
  { requests }: App['store'],
  owner: Owner,
  order: { readonly key: string; readonly fingerprint: string },
): Promise<Answer | null> {
  const state = await requests.begin({ ...order, owner: owner.maker });
  if (state.kind === 'new') return null;
  if (state.kind === 'answered') return state.answer;
  if (state.kind === 'other') throw reused();
  // This server carries out nothing under this key: what it began broke off.
  if (state.owner === owner.maker) throw unsettled();
  const gone = state.owner === null ? undefined : await owner.isGone(state.owner);
  throw (gone ?? !state.young) ? unsettled() : busy();
}

/** These say that something broke, perhaps behind the deed. */
const UNSURE: ReadonlySet<unknown> = new Set(['INTERNAL', 'DATABASE_AWAY', 'DATABASE_GONE']);

/** A refusal for our sake was no deed, and may be tried again; what broke in the middle stays without an answer. */
async function settle({ requests }: App['store'], key: string, answer: Answer): Promise<void> {
  if (answer.status < 500) return requests.finish(key, answer);
  if (!UNSURE.has(codeOf(answer.body))) await requests.forget(key);
}

function codeOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : 'INTERNAL';
}

function keyOf({ method, headers, routeOptions }: FastifyRequest): string | undefined {
  const given = headers['idempotency-key'];
  if (method !== 'POST' || given === undefined || routeOptions.config.signed === true)
    return undefined;
  if (typeof given === 'string' && /^[\x21-\x7e]{1,200}$/u.test(given)) return given;
  throw new Refusal(400, 'KEY_INVALID', {
    detail: 'Idempotency-Key is 1 to 200 visible ASCII characters',
  });
}

function fingerprintOf({ method, url, headers, body }: FastifyRequest): string {
  const asked = JSON.stringify([method, url, headers['if-match'] ?? null, body ?? null]);
  return createHash('sha256').update(asked).digest('hex');
}

function replay(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  const type = status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
  return reply
    .code(status)
    .headers({ 'content-type': type, 'idempotency-replayed': 'true' })
    .serializer(JSON.stringify)
    .send(body);
}

function bodyOf(payload: unknown): unknown {
  return typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : null;
}

function reused(): Refusal {
  return new Refusal(422, 'KEY_REUSED', {
    detail: 'Another request had this Idempotency-Key; each request needs one of its own',
  });
}

function busy(): Refusal {
  return new Refusal(409, 'KEY_BUSY', {
    detail: 'The request with this Idempotency-Key is being carried out; ask again in a moment',
    headers: { 'retry-after': '2' },
  });
}

function unsettled(): Refusal {
  return new Refusal(409, 'KEY_UNSETTLED', {
    detail:
      'The server broke off while it carried out the request with this Idempotency-Key, and its outcome is not known; look at what is there, then send what is missing under a new key',
  });
}
