import { z } from 'zod';
import { HarnessError } from '../../../domain/errors.ts';
import { denied, full, gone, moved, plain, refused, TAKEN } from './ends.ts';

/** What came of one request. `limitedUntil`: epoch milliseconds before which nothing more is asked. */
export type Reply =
  | { readonly kind: 'data'; readonly data: unknown; readonly limitedUntil: number }
  | { readonly kind: 'error'; readonly error: HarnessError; readonly limitedUntil: number }
  /** Worth another try: at once, or later where it was slow already. */
  | {
      readonly kind: 'lost';
      readonly why: string;
      readonly slow: boolean;
      readonly limitedUntil: number;
    }
  | { readonly kind: 'limited'; readonly limitedUntil: number };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const errorShape = z.object({
  message: z.string().default('no message'),
  extensions: z
    .object({
      code: z.string().optional(),
      type: z.string().optional(),
      userPresentableMessage: z.string().optional(),
    })
    .optional(),
});

const bodyShape = z.object({
  data: z.unknown().optional(),
  errors: z.array(errorShape).min(1).optional(),
});

type GraphqlError = z.output<typeof errorShape>;

/** Reads an answer by its status, its headers and what Linear says in its errors. */
export function readReply(answer: Answer, now: number): Reply {
  const { status, headers, text } = answer;
  const limitedUntil = emptyUntil(headers, now);
  const body = bodyShape.safeParse(jsonOf(text));
  const error = body.success ? body.data.errors?.[0] : undefined;
  const { kind, words } = verdictOn(status, error);
  if (kind === 'limited') return { kind, limitedUntil: resetOf(headers, now) };
  if (kind === 'denied') return { kind: 'error', error: denied(words), limitedUntil };
  if (error !== undefined && status < 500) return { ...refusal(error), limitedUntil };
  if (status < 300 && body.success) return { kind: 'data', data: body.data.data, limitedUntil };
  const why = `HTTP ${status}${body.success ? '' : ' without JSON'}`;
  return { kind: 'lost', why, slow: false, limitedUntil };
}

function verdictOn(
  status: number,
  error: GraphqlError | undefined,
): { readonly kind: 'limited' | 'denied' | 'other'; readonly words: string } {
  const code = codeOf(error);
  const words = wordsOf(error) ?? `HTTP ${status}`;
  if (status === 429 || code === 'RATELIMITED') return { kind: 'limited', words };
  const denies = status === 401 || code === 'AUTHENTICATION_ERROR';
  return { kind: denies ? 'denied' : 'other', words };
}

/** Linear's own trouble passes; what was asked wrongly stays wrong. */
const PASSING = /^(?:INTERNAL|LOCK_TIMEOUT|GATEWAY|TIMEOUT|BOOTSTRAP|NETWORK)/i;

function refusal(
  error: GraphqlError,
):
  | { readonly kind: 'error'; readonly error: HarnessError }
  | { readonly kind: 'lost'; readonly why: string; readonly slow: false } {
  const code = codeOf(error);
  const words = wordsOf(error) ?? '';
  if (PASSING.test(code) || error.extensions === undefined)
    return { kind: 'lost', why: words, slow: false };
  return { kind: 'error', error: endOf(code, words, error.message) };
}

/** Some of it is said as the message, some as the words for people. */
const OF_ANOTHER_TEAM = /discrepancy between issue team|labelIds for incorrect team/i;

function endOf(code: string, words: string, message: string): HarnessError {
  if (/^conflict on insert/i.test(message)) return new HarnessError(TAKEN, plain(words));
  if (/^entity not found/i.test(message)) return gone(words);
  if (OF_ANOTHER_TEAM.test(`${message} ${words}`)) return moved(words);
  if (code === 'FORBIDDEN') return denied(words);
  if (code === 'USAGE_LIMIT_EXCEEDED') return full(words);
  return refused(words);
}

function codeOf(error: GraphqlError | undefined): string {
  const { code, type } = error?.extensions ?? {};
  return code ?? type?.toUpperCase().replaceAll(' ', '_') ?? '';
}

function wordsOf(error: GraphqlError | undefined): string | undefined {
  return error?.extensions?.userPresentableMessage ?? error?.message;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const KINDS = ['requests', 'complexity'] as const;

/** When the bucket that this answer emptied is full again; 0: there is something left in both. */
function emptyUntil(headers: Headers, now: number): number {
  const resets = KINDS.flatMap((kind) => {
    const left = headers.get(`x-ratelimit-${kind}-remaining`);
    return left === null || Number(left) > 0 ? [] : [resetIn(headers, kind)];
  });
  return soon(Math.max(0, ...resets), now);
}

/** For a refusal by a limit: what the headers say, or a minute. */
function resetOf(headers: Headers, now: number): number {
  return (
    soon(retryAfter(headers, now), now) ||
    emptyUntil(headers, now) ||
    soon(Math.max(...KINDS.map((kind) => resetIn(headers, kind))), now) ||
    now + 60_000
  );
}

/** In seconds or as a time (RFC 9110); 0: it says nothing. */
function retryAfter(headers: Headers, now: number): number {
  const given = headers.get('retry-after') ?? '';
  const seconds = Number(given === '' ? Number.NaN : given);
  const time = Number.isNaN(seconds) ? Date.parse(given) : now + seconds * 1000;
  return Number.isNaN(time) ? 0 : time;
}

function resetIn(headers: Headers, kind: (typeof KINDS)[number]): number {
  const reset = Number(headers.get(`x-ratelimit-${kind}-reset`) ?? 0);
  return Number.isFinite(reset) ? reset : 0;
}

/** A header that names a time beyond two hours is not believed further than that. */
function soon(time: number, now: number): number {
  return time <= now ? 0 : Math.min(time, now + 7_200_000);
}
