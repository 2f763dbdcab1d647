import type { Asked } from './request-door.ts';
import { costOf } from './prices.ts';
import type { Tokens } from './prices.ts';

/** English, code and JSON have 3.5 to 4 bytes a token: 3 counts high, which covers cache writes too. */
const BYTES_PER_TOKEN = 3;

/**
 * Output tokens set aside at a time for an answer that is streamed. Sessions ask for up to 128,000 and
 * use a few hundred to a few thousand; setting all of it aside would stop a run with most of its
 * budget unspent.
 */
const OUTPUT_SHARE = 8000;

/**
 * US dollars to set aside before this call; null when the model has no known price. An answer that
 * comes whole can't be broken off when it turns out long, so all it may cost is set aside.
 */
export function reservationFor(asked: Asked): number | null {
  const { model, maxTokens, streamed } = asked;
  const outputTokens = streamed ? Math.min(maxTokens, OUTPUT_SHARE) : maxTokens;
  return costOf(model, { ...guessedTokens(asked), outputTokens });
}

/** US dollars that a call has cost so far, and those with another share of output. */
export function courseOf(
  asked: Asked,
  soFar: Tokens,
): { readonly costUsd: number; readonly upToUsd: number } {
  const outputTokens = soFar.outputTokens + OUTPUT_SHARE;
  const costUsd = costOf(asked.model, soFar) ?? 0;
  return { costUsd, upToUsd: costOf(asked.model, { ...soFar, outputTokens }) ?? costUsd };
}

/**
 * What a call is charged for. A server between us and the provider may count nothing, or nothing of
 * the prompt: no prompt is empty, so it counts as guessed then.
 */
export function chargedTokens(asked: Asked, told: Tokens | null): Tokens {
  const guess = guessedTokens(asked);
  if (told === null) return guess;
  const prompt = told.inputTokens + told.cacheReadTokens + told.cacheWriteTokens;
  return prompt === 0 ? { ...told, inputTokens: guess.inputTokens } : told;
}

/** What a call counts as when it was sent and its answer never told: never nothing (I5). */
function guessedTokens(asked: Asked): Tokens {
  return {
    inputTokens: Math.ceil(asked.body.length / BYTES_PER_TOKEN),
    outputTokens: 1,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteHourTokens: 0,
    webSearches: asked.searches,
  };
}
