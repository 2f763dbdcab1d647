import http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import type { HarnessEvent } from '../../src/domain/event.ts';
import type { EgressSettings } from '../../src/gateway/egress/egress.ts';
import type { McpSettings } from '../../src/gateway/mcp/door.ts';
import { openPins } from '../../src/gateway/mcp/pins.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import type { Patience } from '../../src/gateway/progress.ts';
import type { Gateway, Upstream, Wire, WireOrder } from '../../src/gateway/wire.ts';
import type { UsageEntry } from '../../src/work/run-store.ts';
import { serveHttp } from '../support/loopback.ts';
import { memoryLedger, UNCAPPED } from '../support/memory-ledger.ts';

export const KEY = 'sk-real/credential+1';
const NOW = Date.parse('2026-11-22T12:00:00Z');
export const MODEL = 'claude-haiku-4-5';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Script = (
  response: ServerResponse,
  received: Received,
  number: number,
) => void | Promise<void>;

/** A Messages API whose every answer the test writes itself. */
interface ScriptedUpstream extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** When a caller has gone before its answer ended. */
  readonly left: Promise<void>;
}

async function startUpstream(script: Script): Promise<ScriptedUpstream> {
  const received: Received[] = [];
  const left = Promise.withResolvers<void>();
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.once('close', () => {
      if (!response.writableFinished) left.resolve();
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString();
    const latest = { url: request.url ?? '', headers: request.headers, body };
    await script(response, latest, received.push(latest));
  }
  const server = await serveHttp((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return {
    url: server.url,
    received,
    left: left.promise,
    [Symbol.asyncDispose]: server.close,
  };
}

/** An order of which only what matters is given; `budgetUsd` is the cap of its run. */
type OrderLike = Partial<WireOrder> & { readonly budgetUsd?: number | null };

/** A gateway with a ledger in memory, in front of a scripted upstream. */
export interface Bench extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly upstream: ScriptedUpstream;
  readonly entries: UsageEntry[];
  readonly events: HarnessEvent[];
  /** While set, the ledger refuses to write. */
  readonly trouble: { ledger: boolean };
  open(order?: OrderLike): Promise<Wire>;
}

export interface BenchOptions {
  readonly credential?: Upstream['credential'];
  readonly egress?: Partial<EgressSettings>;
  readonly mcp?: Partial<McpSettings>;
  readonly providerTools?: readonly string[];
  readonly patience?: Patience;
  /** Path of the base URL. */
  readonly path?: string;
}

export async function startBench(script: Script, options: BenchOptions = {}): Promise<Bench> {
  const { credential = { kind: 'api_key', value: KEY }, path = '' } = options;
  const upstream = await startUpstream(script);
  const ledger = memoryLedger();
  const { entries, trouble } = ledger;
  const events: HarnessEvent[] = [];
  let serial = 0;
  const gateway = createGateway({
    upstream: { baseUrl: upstream.url + path, credential },
    ledger,
    record: (_order, event) => void events.push(event),
    egress: {
      hosts: [],
      registries: { npm: null, scopes: {}, pypi: null },
      resolve: async () => [],
      ...options.egress,
    },
    mcp: { servers: [], pins: openPins('/nowhere'), ...options.mcp },
    providerTools: options.providerTools ?? [],
    clock: { now: () => NOW, monotonic: () => performance.now() },
    newId: () => `own-${++serial}`,
    ...(options.patience ? { patience: options.patience } : {}),
  });
  return {
    gateway,
    upstream,
    entries,
    events,
    trouble,
    open: (order = {}) => gateway.open(anOrder(order)),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

function anOrder({ budgetUsd = null, ...order }: OrderLike): WireOrder {
  return {
    projectId: 'project',
    runId: 'run',
    subject: { attempt: 'attempt', phase: 'implement', role: 'coder', item: 'API-1' },
    attempt: 2,
    sessionId: 'session',
    attribution: false,
    model: MODEL,
    caps: { ...UNCAPPED, runUsd: budgetUsd },
    owner: 'worker-1',
    sealed: false,
    folder: tmpdir(),
    ...order,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The connection broke before the answer had ended. */
  readonly dropped: boolean;
}

export interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: object | string;
  readonly signal?: AbortSignal;
  /** Called with the first bytes of the answer. */
  readonly onData?: (chunk: Buffer) => void;
}

export function aBody(body: object = {}): object {
  return { model: MODEL, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body };
}

/** Calls as a process in the box would. */
export function call(wire: Wire, ask: Ask = {}): Promise<Answer> {
  const body = typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body ?? aBody());
  const options: http.RequestOptions = {
    method: ask.method ?? 'POST',
    path: ask.path ?? '/v1/messages?beta=true',
    headers: {
      'x-api-key': wire.token,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...ask.headers,
    },
    agent: false,
    ...(ask.signal ? { signal: ask.signal } : {}),
    ...(wire.socket === null
      ? { host: '127.0.0.1', port: new URL(wire.baseUrl).port }
      : { socketPath: wire.socket }),
  };
  return new Promise((resolve) => {
    let answered: IncomingMessage | undefined;
    const chunks: Buffer[] = [];
    const done = (dropped: boolean): void =>
      resolve({
        status: answered?.statusCode ?? 0,
        headers: answered?.headers ?? {},
        text: Buffer.concat(chunks).toString(),
        dropped,
      });
    const request = http.request(options, (response) => {
      answered = response;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        ask.onData?.(chunk);
      });
      response.on('end', () => done(false));
      response.on('error', () => done(true));
    });
    request.on('error', () => done(true));
    request.end(body);
  });
}

/** The events of a whole streamed message. */
export function streamed(usage: object, text = 'hello'): string {
  return [
    sse({
      type: 'message_start',
      message: { model: MODEL, usage: { ...usage, output_tokens: 1 } },
    }),
    sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    sse({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }),
    sse({ type: 'message_stop' }),
  ].join('');
}

export function sse(event: { type: string } & Record<string, unknown>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function sendStream(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' });
  response.end(text);
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function apiError(type: string, message: string): object {
  return { type: 'error', error: { type, message } };
}
