import type { z } from 'zod';
import { HarnessError, hasCode, messageOf } from '../../../domain/errors.ts';
import { limited, unreachable } from './ends.ts';
import { readReply } from './reply.ts';
import type { Reply } from './reply.ts';

export interface ClientOrder {
  readonly url: string;
  readonly apiKey: string;
  /** The time of day, by which Linear tells when its limits are full again. */
  readonly now: () => number;
  /** Rejects once the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** For one whole answer, in milliseconds. */
  readonly patience: number;
}

/** Linear itself gives up on what takes it half as long. */
export const PATIENCE_MS = 30_000;

/** One operation, and the shape that its data must have. */
interface Question<T> {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly shape: z.ZodType<T>;
}

export interface LinearClient {
  /**
   * Asks, and asks again where the answer was lost, but not where one was waited for in vain: every write
   * here has an id of its own or is safe to repeat. Throws `TRACKER_LIMITED` until the hour's limits are full again, without asking;
   * `TRACKER_UNREACHABLE`, `TRACKER_DENIED` (exit 4), `TRACKER_REFUSED`, `TRACKER_FULL`, or the code
   * {@link TAKEN}.
   */
  ask<T>(question: Question<T>): Promise<T>;
  /** For a while nothing is waited for longer than a few seconds: somebody waits for an end. */
  hurry(): void;
  /** Nothing is asked any more, and nobody waits: what is under way ends with `TRACKER_UNREACHABLE`. */
  close(): void;
}

/** Between the tries of one question. */
const PAUSES_MS = [250, 1000];

/** A limit that ends so soon is waited for here. */
const SHORT_WAIT_MS = 3000;

/** Where nobody answered, so long nobody is asked. */
const REST_MS = 5000;

/** So long an answer is waited for by who is in a hurry, and so long they are. */
const HURRIED_MS = 3000;
const HURRY_MS = 60_000;

/** Milliseconds since the process began; nobody sets it. */
const monotonic = (): number => performance.now();

const MOST_BYTES = 64 * 1024 ** 2;

export function createLinearClient(order: ClientOrder): LinearClient {
  const closing = new AbortController();
  const state: State = {
    limitedUntil: 0,
    resting: 0,
    why: '',
    hurriedUntil: 0,
    flights: new Set(),
    signal: closing.signal,
  };
  return {
    close: () => closing.abort(),
    hurry() {
      state.hurriedUntil = monotonic() + HURRY_MS;
      for (const flight of state.flights) flight.hurry();
    },
    async ask(question) {
      await waitForLimit(order, state);
      for (const pause of [...PAUSES_MS, null]) {
        const reply = await post(order, state, question);
        Object.assign(state, { limitedUntil: Math.max(state.limitedUntil, reply.limitedUntil) });
        if (reply.kind === 'data') return parsed(question, reply.data);
        if (reply.kind === 'error') throw reply.error;
        if (reply.kind === 'limited') await waitForLimit(order, state);
        else if (reply.slow || pause === null) throw rest(state, reply.why);
        else await rested(order, state, pause);
      }
      throw limited(new Date(state.limitedUntil).toISOString());
    },
  };
}

interface State {
  /** Epoch milliseconds. */
  limitedUntil: number;
  /** By the monotonic clock, as `hurriedUntil`: a clock that is set back lengthens neither. */
  resting: number;
  why: string;
  hurriedUntil: number;
  /** Requests under way. */
  readonly flights: Set<Flight>;
  /** Aborted: the tracker was closed. */
  readonly signal: AbortSignal;
}

/** Never a blind retry: what is known to be refused is not asked. */
async function waitForLimit(order: ClientOrder, state: State): Promise<void> {
  if (state.signal.aborted) throw unreachable(CLOSED);
  if (state.resting > monotonic()) throw unreachable(state.why);
  const left = state.limitedUntil - order.now();
  if (left <= 0) return;
  if (left > SHORT_WAIT_MS) throw limited(new Date(state.limitedUntil).toISOString());
  await rested(order, state, left);
}

const CLOSED = 'its tracker is closed';

async function rested({ pause }: ClientOrder, { signal }: State, ms: number): Promise<void> {
  try {
    await pause(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw unreachable(CLOSED, error);
  }
}

function rest(state: State, why: string): HarnessError {
  Object.assign(state, { resting: monotonic() + REST_MS, why });
  return unreachable(why);
}

function parsed<T>({ shape }: Question<T>, data: unknown): T {
  const result = shape.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw unreachable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'another shape'}`);
}

async function post<T>(order: ClientOrder, state: State, question: Question<T>): Promise<Reply> {
  const flight = createFlight(order, state);
  state.flights.add(flight);
  try {
    const response = await fetch(order.url, {
      method: 'POST',
      // The key goes to this address and nowhere else.
      redirect: 'error',
      headers: { 'content-type': 'application/json', authorization: order.apiKey },
      body: JSON.stringify({ query: question.document, variables: question.variables }),
      signal: AbortSignal.any([flight.signal, state.signal]),
    });
    const { status, headers } = response;
    return readReply({ status, headers, text: await textOf(response) }, order.now());
  } catch (error) {
    if (state.signal.aborted) return { kind: 'error', error: unreachable(CLOSED), limitedUntil: 0 };
    if (error instanceof HarnessError) return { kind: 'error', error, limitedUntil: 0 };
    return { kind: 'lost', ...trouble(error, flight), limitedUntil: 0 };
  } finally {
    flight.over();
    state.flights.delete(flight);
  }
}

/** How long one request may take. */
interface Flight {
  readonly signal: AbortSignal;
  /** Milliseconds, by now. */
  patience(): number;
  hurry(): void;
  over(): void;
}

function createFlight({ patience }: ClientOrder, { hurriedUntil }: State): Flight {
  const began = monotonic();
  const controller = new AbortController();
  const end = (): void => controller.abort(new DOMException('It took too long', 'TimeoutError'));
  const hurried = Math.min(patience, HURRIED_MS);
  const flight = { patience: hurriedUntil > began ? hurried : patience };
  let timer = setTimeout(end, flight.patience);
  return {
    signal: controller.signal,
    patience: () => flight.patience,
    hurry() {
      if (flight.patience === hurried) return;
      flight.patience = hurried;
      clearTimeout(timer);
      timer = setTimeout(end, Math.max(0, began + hurried - monotonic()));
    },
    over: () => clearTimeout(timer),
  };
}

function trouble(error: unknown, flight: Flight): { readonly why: string; readonly slow: boolean } {
  if (error instanceof Error && error.name === 'TimeoutError')
    return { why: `no whole answer within ${flight.patience() / 1000} s`, slow: true };
  const cause = error instanceof Error ? error.cause : undefined;
  const why = hasCode(cause, 'ECONNREFUSED') ? 'connection refused' : messageOf(error);
  return { why, slow: false };
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw unreachable('an answer without end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
