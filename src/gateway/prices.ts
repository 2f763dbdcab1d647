import type { Usage } from '../domain/usage.ts';

/** Tokens of one model call as the upstream counted them. */
export interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  /** All cache writes, those kept for an hour included. */
  readonly cacheWriteTokens: number;
  readonly cacheWriteHourTokens: number;
  /** Searches of the web that the provider made. */
  readonly webSearches: number;
}

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/**
 * Anthropic's public list prices as known in November 2026. An estimate: contracts, regions and
 * later price changes are not in it. Names are matched as providers spell them
 * (`claude-sonnet-4-5-20250929`, `us.anthropic.claude-sonnet-4-5-20250929-v1:0`); anything else has
 * no price, because a guess would let spending pass the cap unseen (I5).
 */
const LIST: readonly { readonly models: RegExp; readonly price: Price }[] = [
  { models: family('opus', '4-5|5(?:-\\d)?'), price: { input: 5, output: 25 } },
  { models: family('sonnet', '4|4-5|5(?:-\\d)?'), price: { input: 3, output: 15 } },
  { models: family('haiku', '4-5|5(?:-\\d)?'), price: { input: 1, output: 5 } },
];

/** Factors on the input price, from the same list. */
const CACHE_READ = 0.1;
const CACHE_WRITE = 1.25;
const CACHE_WRITE_HOUR = 2;

/** Prompts above this many tokens cost more where long contexts are offered; assumed everywhere. */
const LONG_PROMPT_TOKENS = 200_000;
const LONG_PROMPT_INPUT = 2;
const LONG_PROMPT_OUTPUT = 1.5;

/** US dollars for one, from the same list: ten for a thousand. */
const WEB_SEARCH = 0.01;

const MILLION = 1_000_000;

/** Undefined for a model that is not in the list: unknown is never free. */
export function priceOf(model: string): Price | undefined {
  return LIST.find(({ models }) => models.test(model))?.price;
}

/** Tokens with their price; `costUsd` is null when the model is not in the list. */
export function usageOf(model: string, tokens: Tokens): Usage {
  const { cacheWriteHourTokens: _hour, webSearches: _searches, ...counts } = tokens;
  return { ...counts, costUsd: costOf(model, tokens) };
}

/** US dollars, or null when the model is not in the list. */
export function costOf(model: string, tokens: Tokens): number | null {
  const price = priceOf(model);
  if (price === undefined) return null;
  const hour = Math.min(tokens.cacheWriteHourTokens, tokens.cacheWriteTokens);
  const prompt = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
  const weighted =
    tokens.inputTokens +
    tokens.cacheReadTokens * CACHE_READ +
    (tokens.cacheWriteTokens - hour) * CACHE_WRITE +
    hour * CACHE_WRITE_HOUR;
  const long = prompt > LONG_PROMPT_TOKENS;
  const input = weighted * price.input * (long ? LONG_PROMPT_INPUT : 1);
  const output = tokens.outputTokens * price.output * (long ? LONG_PROMPT_OUTPUT : 1);
  return (input + output) / MILLION + tokens.webSearches * WEB_SEARCH;
}

function family(name: string, versions: string): RegExp {
  return new RegExp(
    `(?:^|[./])claude-${name}-(?:${versions})(?:-\\d{8})?(?:-latest)?(?:[@:]|-v\\d|$)`,
    'u',
  );
}
