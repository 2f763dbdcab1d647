import type { Asked } from './request-door.ts';
import { costOf } from './prices.ts';
import type { Tokens } from './prices.ts';

/** English, code and JSON have 3.5 to 4 bytes a token: 3 counts high, which covers cache writes too. */
const BYTES_PER_TOKEN = 3;

/**
 * Output tokens set aside for a call. Sessions ask for up to 128,000 and use a few hundred to a few
 * thousand; setting all of it aside would stop a run with most of its budget unspent. A longer
 * answer can pass the cap by its excess, once for each call in flight; the next call is refused.
 */
const OUTPUT_SET_ASIDE = 8000;

/** US dollars to set aside before this call; null when the model has no known price. */
export function reservationFor(asked: Asked): number | null {
  return costOf(asked.model, {
    ...guessedTokens(asked),
    outputTokens: Math.min(asked.maxTokens, OUTPUT_SET_ASIDE),
  });
}

/** What a call counts as when it was sent and its answer never told: never nothing (I5). */
export function guessedTokens(asked: Asked): Tokens {
  return {
    inputTokens: Math.ceil(asked.body.length / BYTES_PER_TOKEN),
    outputTokens: 1,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteHourTokens: 0,
    webSearches: asked.searches,
  };
}
