import { z } from 'zod';
import type { SessionEnd, SessionEvent } from '../../../sessions/agent.ts';
import { endOf, isRefusal, resultSchema } from './ends.ts';
import type { Result } from './ends.ts';
import { faultOfInit, initSchema } from './init.ts';
import type { Expectation } from './init.ts';
import { reasonOf } from './text.ts';

/** What one message told: events for the record, and the end if it was one. */
export interface Reading {
  readonly events: readonly SessionEvent[];
  readonly end: SessionEnd | null;
  /** Whether the CLI leaves by itself after it; else it would go on and has to be stopped. */
  readonly leaves: boolean;
}

/** Reads one session's messages in order; it remembers what came before. */
export interface MessageReader {
  /** Understands one message of the CLI; what it does not know is a sign of life. */
  read(message: unknown): Reading;
}

const assistantSchema = z.looseObject({
  type: z.literal('assistant'),
  error: z.string().optional(),
  message: z.looseObject({ id: z.string().default(''), content: z.array(z.unknown()) }),
});

const userSchema = z.looseObject({
  type: z.literal('user'),
  message: z.looseObject({ content: z.array(z.unknown()) }),
});

const retrySchema = z.looseObject({
  type: z.literal('system'),
  subtype: z.literal('api_retry'),
  attempt: z.number(),
  error_status: z.number().nullish(),
  error: z.string(),
});

const limitSchema = z.looseObject({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.looseObject({ status: z.string(), resetsAt: z.number().optional() }),
});

const textSchema = z.looseObject({ type: z.literal('text'), text: z.string() });
const toolUseSchema = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.unknown().optional(),
});
const toolResultSchema = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  is_error: z.boolean().nullish(),
  content: z.unknown().optional(),
});

const messageSchema = z.union([
  assistantSchema,
  userSchema,
  retrySchema,
  initSchema,
  limitSchema,
  resultSchema,
]);

/** What the order leads one to expect. */
type Expected = Expectation & {
  readonly resumed: boolean;
  /** Whether a structured answer was asked for. */
  readonly structured: boolean;
};

const ALIVE: Reading = told([{ type: 'alive' }]);

function told(events: readonly SessionEvent[]): Reading {
  return { events, end: null, leaves: false };
}

/** What has to be remembered from message to message. */
interface Memory {
  /** Calls without a result so far. */
  readonly open: Set<string>;
  answerId: string;
  error: string | null;
  until: string | null;
  started: boolean;
}

/** Reads the messages of one session in the order in which they came. */
export function createMessageReader(expected: Expected): MessageReader {
  const memory: Memory = {
    open: new Set(),
    answerId: '',
    error: null,
    until: null,
    started: false,
  };
  return {
    read(raw) {
      const parsed = messageSchema.safeParse(raw);
      return parsed.success ? readKnown(memory, expected, parsed.data) : ALIVE;
    },
  };
}

function readKnown(
  memory: Memory,
  expected: Expected,
  message: z.infer<typeof messageSchema>,
): Reading {
  if (message.type === 'assistant') return told(readAssistant(memory, message));
  if (message.type === 'user') return told(readResults(memory, message));
  if (message.type === 'result')
    return { events: [], end: readEnd(memory, expected, message), leaves: true };
  if (message.type === 'rate_limit_event') return readLimit(memory, message);
  return message.subtype === 'init'
    ? readInit(memory, expected, message)
    : readRetry(memory, message);
}

function readEnd(memory: Memory, expected: Expected, result: Result): SessionEnd {
  const end = endOf(result, { ...memory, structured: expected.structured });
  // Nothing is known of what such a session was allowed to do.
  return end.status === 'completed' && !memory.started
    ? { status: 'failed', reason: 'The session ended without telling what it had set up.' }
    : end;
}

function readInit(memory: Memory, expected: Expected, init: z.infer<typeof initSchema>): Reading {
  const fault = faultOfInit(expected, init);
  if (fault !== null) return { ...told([]), end: { status: 'failed', reason: fault } };
  if (memory.started) return ALIVE;
  memory.started = true;
  return told([{ type: 'started', model: init.model, resumed: expected.resumed }]);
}

function readRetry(memory: Memory, retry: z.infer<typeof retrySchema>): Reading {
  const status = retry.error_status ?? null;
  const error = reasonOf(retry.error);
  return {
    ...told([...discarded(memory), { type: 'retry', attempt: retry.attempt, status, error }]),
    // The CLI would go on for minutes, and no retry ever mended a key.
    end: isRefusal(error)
      ? { status: 'refused', reason: `The model API refused the credential: ${error}` }
      : null,
  };
}

function readAssistant(
  memory: Memory,
  assistant: z.infer<typeof assistantSchema>,
): readonly SessionEvent[] {
  memory.error = assistant.error ?? null;
  // The CLI's own words about an API error are no words of the agent.
  if (memory.error !== null) return [{ type: 'alive' }];
  const stale = assistant.message.id === memory.answerId ? [] : discarded(memory);
  memory.answerId = assistant.message.id;
  const said = assistant.message.content.flatMap((block) => readBlock(memory, block));
  return orAlive([...stale, ...said]);
}

function readBlock(memory: Memory, block: unknown): readonly SessionEvent[] {
  const text = textSchema.safeParse(block);
  if (text.success) return [{ type: 'text', text: text.data.text }];
  const use = toolUseSchema.safeParse(block);
  if (!use.success) return [];
  const { id, name, input } = use.data;
  memory.open.add(id);
  return [{ type: 'tool_started', id, name, input: JSON.stringify(input) ?? '' }];
}

function readResults(memory: Memory, user: z.infer<typeof userSchema>): readonly SessionEvent[] {
  const ended = user.message.content.flatMap((block): SessionEvent[] => {
    const result = toolResultSchema.safeParse(block);
    if (!result.success || !memory.open.delete(result.data.tool_use_id)) return [];
    const { tool_use_id: id, is_error: failed, content } = result.data;
    return [{ type: 'tool_ended', id, failed: failed === true, output: outputOf(content) }];
  });
  return orAlive(ended);
}

/**
 * Calls of an answer that was cut off and asked for again never run. Left open, they would look
 * like a tool at work for ever, and a silent session would never count as stalled.
 */
function discarded(memory: Memory): readonly SessionEvent[] {
  const ids = [...memory.open];
  memory.open.clear();
  return ids.map((id) => ({ type: 'tool_ended', id, failed: true, output: 'never run' }));
}

function orAlive(events: readonly SessionEvent[]): readonly SessionEvent[] {
  return events.length === 0 ? [{ type: 'alive' }] : events;
}

function outputOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => {
      const text = textSchema.safeParse(part);
      return text.success ? text.data.text : '[not text]';
    })
    .join('\n');
}

/** Seconds since the epoch beyond the year 9999 are no time at all. */
const LAST_SECOND = 253_402_300_799;

function readLimit(memory: Memory, limit: z.infer<typeof limitSchema>): Reading {
  const { status, resetsAt } = limit.rate_limit_info;
  if (status !== 'rejected' || resetsAt === undefined) return ALIVE;
  if (resetsAt >= 0 && resetsAt <= LAST_SECOND)
    memory.until = new Date(resetsAt * 1000).toISOString();
  return ALIVE;
}
