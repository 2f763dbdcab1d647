import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { HarnessEvent } from '../domain/event.ts';
import { parseJson } from './json.ts';
import type { WireVerdict } from './wire.ts';

type FailureKind = Extract<HarnessEvent, { type: 'model.failed' }>['kind'];

/** What an upstream error means for the session. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  /** Set when no further call of this session can succeed; the client is told not to retry. */
  readonly verdict: WireVerdict | null;
}

/** An error answer as it came; the body is already free of secrets. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const MAX_MESSAGE_CHARS = 500;

/** The agent CLI waits out a `retry-after` of up to a minute; beyond that it gives up at once. */
const SHORT_WAIT_MS = 60_000;

const ErrorBody = z.object({
  error: z.object({ type: z.string().catch(''), message: z.string().catch('') }),
});

/** @param now Epoch milliseconds, to tell when a limit resets. */
export function classify(answer: ErrorAnswer, now: number): Failure {
  const { type, message } = describe(answer);
  if (isRefused(answer.status, message)) return refused(answer.status, message);
  if (answer.status === 429) return limited(answer.headers, message, now);
  const overloaded = answer.status === 529 || type === 'overloaded_error';
  return { kind: overloaded ? 'overloaded' : 'error', message, verdict: null };
}

/** Short enough for events and verdicts. */
export function brief(message: string): string {
  return message.length <= MAX_MESSAGE_CHARS
    ? message
    : `${message.slice(0, MAX_MESSAGE_CHARS - 1)}…`;
}

function describe({ status, body }: ErrorAnswer): { type: string; message: string } {
  const parsed = ErrorBody.safeParse(parseJson(body));
  if (!parsed.success) return { type: '', message: brief(body.trim() || `HTTP ${status}`) };
  const { type, message } = parsed.data.error;
  return { type, message: brief(message || type || `HTTP ${status}`) };
}

function isRefused(status: number, message: string): boolean {
  return [401, 402, 403].includes(status) || /credit balance is too low/iu.test(message);
}

/** The agent CLI would repeat a 401 for minutes; the credential does not change meanwhile. */
function refused(status: number, message: string): Failure {
  return { kind: 'refused', message, verdict: { kind: 'refused', status, message } };
}

function limited(headers: IncomingHttpHeaders, message: string, now: number): Failure {
  const until = resetOf(headers, now);
  const short = until === null || until - now <= SHORT_WAIT_MS;
  if (short && headers['x-should-retry'] !== 'false')
    return { kind: 'limited', message, verdict: null };
  const when = until === null ? null : new Date(until).toISOString();
  return { kind: 'limited', message, verdict: { kind: 'limited', until: when, message } };
}

/** Epoch milliseconds at which calls are taken again. `retry-after` wins; the rest is its fallback. */
function resetOf(headers: IncomingHttpHeaders, now: number): number | null {
  const retryAfter = headers['retry-after'];
  const stated = retryAfter === undefined ? null : (delay(retryAfter, now) ?? dateOf(retryAfter));
  if (stated !== null) return stated;
  const resets = Object.keys(headers)
    .filter((name) => /^anthropic-ratelimit-.*reset$/u.test(name) && !hasRoom(headers, name))
    .flatMap((name) => timeOf(headers[name]) ?? []);
  return resets.length === 0 ? null : Math.max(...resets);
}

/** A window that still has room, or was not the one that rejected, says nothing about this limit. */
function hasRoom(headers: IncomingHttpHeaders, reset: string): boolean {
  const window = reset.replace(/-?reset$/u, '');
  const status = headers[`${window}-status`];
  return Number(headers[`${window}-remaining`] ?? 0) > 0 || (status ?? 'rejected') !== 'rejected';
}

function delay(value: string, now: number): number | null {
  const seconds = Number(value);
  return value.trim() !== '' && Number.isFinite(seconds) ? inRange(now + seconds * 1000) : null;
}

/** Seconds since the epoch, or a date. */
function timeOf(value: string | string[] | undefined): number | null {
  if (typeof value !== 'string') return null;
  return /^\d+$/u.test(value) ? inRange(Number(value) * 1000) : dateOf(value);
}

function dateOf(value: string): number | null {
  return inRange(Date.parse(value));
}

/** What a Date can hold; upstream text must not make one that cannot be written. */
function inRange(ms: number): number | null {
  return Number.isFinite(ms) && ms >= 0 && ms <= 8.64e15 ? ms : null;
}
