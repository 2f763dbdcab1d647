import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { WireVerdict } from './wire.ts';

/** An answer of the gateway itself, in the error shape of the Messages API. */
export interface Refusal {
  readonly refusal: true;
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** Nothing is gained by asking again: the client is told so. */
  readonly final: boolean;
}

/** Refuses what no repetition would mend. */
export function refuse(status: number, type: string, message: string): Refusal {
  return { refusal: true, status, type, message, final: true };
}

/** Refuses for now: the client may ask again. */
export function refuseForNow(status: number, type: string, message: string): Refusal {
  return { refusal: true, status, type, message, final: false };
}

/** Whether a value is a refusal of ours. */
export function isRefusal(value: object): value is Refusal {
  return 'refusal' in value;
}

/**
 * What a session whose calls have ended for good is told. 429 with `x-should-retry: false` is the
 * one answer that makes the agent CLI stop at once; the true reason stays in the verdict.
 */
export function refusalOf(verdict: WireVerdict): Refusal {
  return refuse(429, 'rate_limit_error', sentenceOf(verdict));
}

const RAISE = {
  run: 'Raise the budget and resume the run.',
  session: 'Raise budget.session_usd, or make the work smaller.',
  day: 'Wait for the next day (UTC), or raise budget.day_usd.',
} as const;

function sentenceOf(verdict: WireVerdict): string {
  if (verdict.kind === 'budget') {
    const [spent, budget] = [verdict.spentUsd.toFixed(4), verdict.budgetUsd.toFixed(2)];
    return `The budget of this ${verdict.cap} leaves no room for this call: $${spent} of $${budget} are spent or set aside for calls under way. ${RAISE[verdict.cap]}`;
  }
  if (verdict.kind === 'unknown_price')
    return `The price of ${verdict.model} is not known, so the budget cannot be kept. Choose a model with a known price, or run without a budget.`;
  if (verdict.kind === 'limited') {
    const until = verdict.until === null ? '' : ` until ${verdict.until}`;
    return `The provider's limit is reached${until}: ${verdict.message}`;
  }
  return `The provider refused the call (${verdict.status}): ${verdict.message}`;
}

/** Sends it and ends the response; what is left of the request is not read. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const { type, message } = refusal;
  const body = JSON.stringify({ type: 'error', error: { type, message } });
  const headers: OutgoingHttpHeaders = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(refusal.final ? { 'x-should-retry': 'false' } : {}),
    ...(response.req.complete ? {} : { connection: 'close' }),
  };
  response.writeHead(refusal.status, headers).end(body);
}
