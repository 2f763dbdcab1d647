import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { Refusal } from './problems.ts';

/** One record of a stream: what a client names to go on after it, and what it tells. */
export interface StreamRecord {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

/** Where a stream's records come from. */
export interface Source {
  /** The next ones, in order; empty: there is nothing new. */
  next(): Promise<readonly StreamRecord[]>;
  /** Calls back when there may be more; returns how to stop. */
  onMore(wake: () => void): () => void;
}

/** Streams at once: each holds a connection and reads for itself. */
const MOST_STREAMS = 100;

/** A sign of life for whoever is between us and the client, and a look for what no wake-up told. */
const BEAT_MS = 15_000;

/** Open streams of one server. */
export interface Streams {
  readonly count: () => number;
  /** Answers with a stream that lasts until the client leaves or the server closes. */
  open(reply: FastifyReply, source: Source): Promise<void>;
  /** Ends all of them, so that clients come back to whoever serves next. */
  close(): void;
}

export function createStreams(log: (line: string) => void): Streams {
  const closing = new AbortController();
  let count = 0;
  return {
    count: () => count,
    close: () => closing.abort(),
    async open(reply, source) {
      if (count >= MOST_STREAMS)
        throw new Refusal(503, 'STREAMS_FULL', {
          detail: `${MOST_STREAMS} event streams are open already; close some, or ask for pages with Accept: application/json`,
          headers: { 'retry-after': '5' },
        });
      count += 1;
      const out = begin(reply);
      try {
        await pump(out, source, closing.signal);
      } catch (error) {
        // The client comes back with the number of the last record it has.
        log(`api: an event stream ended: ${String(error)}`);
      } finally {
        count -= 1;
        out.end();
      }
    },
  };
}

function begin(reply: FastifyReply): ServerResponse {
  const headers = { ...reply.getHeaders() };
  reply.hijack();
  const out = reply.raw;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) out.setHeader(name, value);
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  });
  out.write('retry: 1000\n: events\n\n');
  return out;
}

async function pump(out: ServerResponse, source: Source, closing: AbortSignal): Promise<void> {
  let wake = Promise.withResolvers<void>();
  const ring = (): void => wake.resolve();
  const silence = source.onMore(ring);
  const beat = setInterval(() => {
    out.write(': hb\n\n');
    ring();
  }, BEAT_MS);
  const ended = AbortSignal.any([closing, closed(out)]);
  ended.addEventListener('abort', ring);
  try {
    while (!ended.aborted) {
      wake = Promise.withResolvers();
      const records = await source.next();
      if (records.length > 0) await write(out, records, ended);
      else await wake.promise;
    }
  } finally {
    clearInterval(beat);
    silence();
  }
}

function closed(out: ServerResponse): AbortSignal {
  const gone = new AbortController();
  out.on('close', () => gone.abort());
  out.on('error', () => gone.abort());
  if (out.destroyed) gone.abort();
  return gone.signal;
}

/** Waits for a slow client: what it has not read stays in the database, not in memory. */
async function write(
  out: ServerResponse,
  records: readonly StreamRecord[],
  ended: AbortSignal,
): Promise<void> {
  for (const { id, type, data } of records) {
    if (ended.aborted) return;
    const flowing = out.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!flowing) await drained(out, ended);
  }
}

/** A client that takes nothing for so long gives its place to another, and comes back if it lives. */
const STUCK_MS = 60_000;

async function drained(out: ServerResponse, ended: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([ended, AbortSignal.timeout(STUCK_MS)]);
  try {
    await once(out, 'drain', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    if (!ended.aborted) out.destroy();
  }
}
