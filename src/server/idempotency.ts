import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import type { Http } from './parts.ts';
import { Refusal } from './problems.ts';

/** Keys of requests that are being carried out, by request. */
type Begun = WeakMap<FastifyRequest, string>;

/**
 * A POST with an Idempotency-Key is carried out once: the same again is answered as it was then, also
 * after a restart; another one under this key is refused.
 */
export function carryOutOnce(http: Http, { store }: Pick<App, 'store'>): void {
  const begun: Begun = new WeakMap();
  http.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request);
    if (key === undefined) return undefined;
    const state = await store.requests.begin({ key, fingerprint: fingerprintOf(request) });
    if (state.kind === 'answered') {
      const { status, body } = state.answer;
      return replay(reply, status, body);
    }
    if (state.kind !== 'new') throw refusalOf(state.kind);
    begun.set(request, key);
    return undefined;
  });
  http.addHook('onSend', async (request, reply, payload) => {
    const key = begun.get(request);
    if (key === undefined) return payload;
    // What failed for our sake may be tried again.
    if (reply.statusCode >= 500) await store.requests.forget(key);
    else await store.requests.finish(key, { status: reply.statusCode, body: bodyOf(payload) });
    return payload;
  });
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

function replay(reply: FastifyReply, status: number, body: unknown): FastifyReply {
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

function refusalOf(kind: 'other' | 'busy'): Refusal {
  return kind === 'other'
    ? new Refusal(422, 'KEY_REUSED', {
        detail: 'Another request had this Idempotency-Key; each request needs one of its own',
      })
    : new Refusal(409, 'KEY_BUSY', {
        detail: 'The request with this Idempotency-Key is being carried out; ask again in a moment',
        headers: { 'retry-after': '2' },
      });
}
