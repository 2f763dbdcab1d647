import { z } from 'zod';
import { parseJson } from './json.ts';
import type { Tokens } from './prices.ts';
import { createSseReader } from './sse.ts';

/** Counts the tokens of one answer. */
export interface UsageMeter {
  /** Returns the types of the events that this chunk completes. */
  push(chunk: Uint8Array): readonly string[];
  /** `message_stop` was seen: nothing more is to come. */
  finished(): boolean;
  /** The tokens so far; null while the upstream has told nothing and sent no text. */
  tokens(): Tokens | null;
  /** An error that the upstream reported inside the stream. */
  failure(): StreamFailure | null;
}

interface StreamFailure {
  readonly type: string;
  readonly message: string;
}

/** Text in a token, for answers that broke off before the upstream counted them. */
const CHARS_PER_TOKEN = 4;

/** Beyond any model's context: what is more is no count of tokens, and would not fit the ledger. */
const MOST_TOKENS = 100_000_000;

const Count = z.number().int().nonnegative().max(MOST_TOKENS).nullish().catch(null);

const Counts = z.object({
  input_tokens: Count,
  output_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_creation: z.object({ ephemeral_1h_input_tokens: Count }).nullish().catch(null),
  server_tool_use: z.object({ web_search_requests: Count }).nullish().catch(null),
});
type Counts = z.infer<typeof Counts>;

const Text = z.string().catch('');

const StreamEvent = z.object({
  type: z.string(),
  message: z.object({ usage: Counts }).nullish().catch(null),
  usage: Counts.nullish().catch(null),
  content_block: z.object({ type: Text, name: Text }).nullish().catch(null),
  delta: z.object({ text: Text, partial_json: Text, thinking: Text }).nullish().catch(null),
  error: z.object({ type: Text, message: Text }).nullish().catch(null),
});
type StreamEvent = z.infer<typeof StreamEvent>;

const NOTHING: Tokens = Object.freeze({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  webSearches: 0,
});

/**
 * Counts an event stream from `message_start` and the last `message_delta`. A stream that breaks off
 * is counted with what was seen, its output at no less than one token and than its text suggests.
 */
export function createUsageMeter(): UsageMeter {
  const reader = createSseReader();
  let tokens: Tokens | null = null;
  let chars = 0;
  let searches = 0;
  let counted = false;
  let stopped = false;
  let failure: StreamFailure | null = null;

  function take(event: StreamEvent): void {
    const counts = event.message?.usage ?? event.usage;
    if (counts) tokens = merge(tokens ?? NOTHING, counts);
    counted ||= countsOutput(event);
    if (event.type === 'message_stop') stopped = true;
    if (event.type === 'error') failure = event.error ?? { type: 'api_error', message: '' };
    chars += textIn(event);
    if (isSearch(event)) searches += 1;
  }

  return {
    push(chunk) {
      const events = reader
        .push(chunk)
        .map((data) => StreamEvent.safeParse(parseJson(data)))
        .flatMap((event) => (event.success ? [event.data] : []));
      for (const event of events) take(event);
      return events.map(({ type }) => type);
    },
    finished: () => stopped,
    tokens: () => {
      if (tokens === null && chars + searches === 0) return null;
      const told = tokens ?? NOTHING;
      if (stopped && counted) return told;
      const atLeast = Math.max(1, Math.ceil(chars / CHARS_PER_TOKEN));
      return {
        ...told,
        outputTokens: Math.max(told.outputTokens, atLeast),
        webSearches: Math.max(told.webSearches, searches),
      };
    },
    failure: () => failure,
  };
}

/** Tokens of a whole JSON answer, its output at no less than its length when it counts none; null when it does not tell. */
export function tokensOfBody(body: Buffer): Tokens | null {
  const parsed = z.object({ usage: Counts }).safeParse(parseJson(body.toString('utf8')));
  if (!parsed.success) return null;
  const told = merge(NOTHING, parsed.data.usage);
  const outputTokens = told.outputTokens || Math.ceil(body.length / CHARS_PER_TOKEN);
  return { ...told, outputTokens };
}

/** No message is made of no tokens: a server that says so does not count. */
function countsOutput({ type, usage }: StreamEvent): boolean {
  return type === 'message_delta' && (usage?.output_tokens ?? 0) > 0;
}

function isSearch({ content_block: block }: StreamEvent): boolean {
  return block?.type === 'server_tool_use' && block.name === 'web_search';
}

function textIn({ delta }: StreamEvent): number {
  return delta ? delta.text.length + delta.partial_json.length + delta.thinking.length : 0;
}

/** Counts are cumulative: the newest of each kind holds. */
function merge(before: Tokens, counts: Counts): Tokens {
  return {
    inputTokens: counts.input_tokens ?? before.inputTokens,
    outputTokens: counts.output_tokens ?? before.outputTokens,
    cacheReadTokens: counts.cache_read_input_tokens ?? before.cacheReadTokens,
    cacheWriteTokens: counts.cache_creation_input_tokens ?? before.cacheWriteTokens,
    cacheWriteHourTokens:
      counts.cache_creation?.ephemeral_1h_input_tokens ?? before.cacheWriteHourTokens,
    webSearches: counts.server_tool_use?.web_search_requests ?? before.webSearches,
  };
}
