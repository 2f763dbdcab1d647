import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from '../domain/errors.ts';
import { streamed } from '../gateway/message-stream.ts';
import type { ModelMessage } from '../gateway/model-message.ts';
import { askOf, readRequest, type Ask, type ModelRequest } from './ask.ts';
import { messageFor, tokensOf } from './message.ts';
import { play, type Once } from './play.ts';
import type { Scenario } from './script.ts';

export interface RehearsalModel {
  /** `http://127.0.0.1:PORT`; paths are those of the Messages API. */
  readonly url: string;
  /** Ends it at once, open requests included. */
  close(): Promise<void>;
}

export interface RehearsalModelOrder {
  readonly scenario: Scenario;
  /** Another one for some of those who ask; undefined: the usual one. */
  readonly instead?: (ask: Ask) => Scenario | undefined;
  /** Milliseconds since the epoch, for the log. */
  readonly clock: { now(): number };
  readonly log?: (entry: Played) => void;
  /** Waits so long before each answer; a benchmark wants a model that takes its time. */
  readonly latencyMs?: number;
}

/** What was done with one request. */
export interface Played {
  readonly at: number;
  readonly ask: Ask;
  readonly move: 'answered' | 'mended' | 'silent' | Once;
}

interface Model extends RehearsalModelOrder {
  /** Faults that were met: each is for one request of a run only. */
  readonly met: Set<string>;
}

/** The Messages API allows 32 MB. */
const BODY_LIMIT = 32 * 1024 * 1024;

/**
 * A Messages API that plays a scenario instead of thinking: `POST /v1/messages`, streaming and not,
 * and `/v1/messages/count_tokens`, on a free port of the loopback. It knows who asks from the
 * `x-harness-*` headers alone and keeps no session: it may be restarted at any time.
 */
export async function startRehearsalModel(order: RehearsalModelOrder): Promise<RehearsalModel> {
  const model: Model = { ...order, met: new Set() };
  const server = createServer((request, response) => {
    serve(model, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new HarnessError('REHEARSAL_MODEL', 'The rehearsal model has no port; start it again.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  model: Model,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const known = pathname === '/v1/messages' || pathname === '/v1/messages/count_tokens';
  if (request.method !== 'POST' || !known) return refuse(response, NOT_FOUND);
  const raw = await bodyOf(request);
  if (raw === undefined) return refuse(response, TOO_LARGE);
  const body = readRequest(raw);
  if (!body) return refuse(response, UNREADABLE);
  if (pathname.endsWith('count_tokens'))
    return send(response, 200, { input_tokens: tokensOf(raw) });
  if (model.latencyMs !== undefined) await delay(model.latencyMs);
  return perform(model, response, { raw, body, ask: askOf(request.headers, body) });
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Request {
  readonly raw: string;
  readonly body: ModelRequest;
  readonly ask: Ask;
}

function perform(model: Model, response: ServerResponse, { raw, body, ask }: Request): void {
  const move = play(model.instead?.(ask) ?? model.scenario, ask);
  const log = (did: Played['move']): void => model.log?.({ at: model.clock.now(), ask, move: did });
  if (move.kind === 'silent') return log('silent');
  const mends = move.kind === 'mend';
  const message = messageFor({ actions: move.actions, mends, ask, model: body.model, raw });
  const fault = mends ? null : firstTime(model, ask, move.once);
  if (fault === 'overloaded') refuse(response, OVERLOADED);
  else if (fault === 'dropped') breakOff(response, message, body.stream);
  else deliver(response, message, body.stream);
  log(fault ?? (mends ? 'mended' : 'answered'));
}

/** The fault, if this is the first request that meets it. */
function firstTime({ met }: Model, ask: Ask, fault: Once | null): Once | null {
  if (fault === null) return null;
  const key = JSON.stringify([ask.run, ask.phase, ask.role, ask.item, ask.attempt, ask.step]);
  if (met.has(key)) return null;
  met.add(key);
  return fault;
}

function deliver(response: ServerResponse, message: ModelMessage, stream: boolean): void {
  if (!stream) return send(response, 200, message);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': message.id });
  response.end(streamed(message));
}

/** The line goes dead with half of the answer sent. */
function breakOff(response: ServerResponse, message: ModelMessage, stream: boolean): void {
  if (!stream) {
    response.destroy();
    return;
  }
  const text = streamed(message);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': message.id });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const NOT_FOUND: Refusal = { status: 404, type: 'not_found_error', message: 'Not found' };
const TOO_LARGE: Refusal = {
  status: 413,
  type: 'request_too_large',
  message: 'Request exceeds the maximum size',
};
const UNREADABLE: Refusal = {
  status: 400,
  type: 'invalid_request_error',
  message: 'The body is no Messages API request.',
};
const OVERLOADED: Refusal = { status: 529, type: 'overloaded_error', message: 'Overloaded' };

function refuse(response: ServerResponse, { status, ...error }: Refusal): void {
  send(response, status, { type: 'error', error });
}
