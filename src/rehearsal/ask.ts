import { z } from 'zod';
import type { IncomingHttpHeaders } from 'node:http';

/** What a request asks for: who asks, how far its session is, and what its last tools answered. */
export interface Ask {
  readonly run: string;
  readonly phase: string;
  readonly role: string;
  /** Key of the work item; empty: none. */
  readonly item: string;
  /** From 1. */
  readonly attempt: number;
  readonly session: string;
  /** Working directory as the agent was told; null: it was not. */
  readonly cwd: string | null;
  /** Names of the tools that exist for it. */
  readonly tools: readonly string[];
  /** The newest prompt of the harness. */
  readonly prompt: string;
  /** The one that the session began with. */
  readonly opening: string;
  /** Answers given since that prompt. */
  readonly step: number;
  /** Structured outputs given before that prompt. */
  readonly outputs: number;
  /** Results of the last answer's tools, in order. */
  readonly results: readonly ToolResult[];
}

interface ToolResult {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly failed: boolean;
}

/** Ids of calls that repair a refused one begin with this: they are no step of a script. */
export const MEND_ID = 'toolu_mend_';

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  tool_use_id: z.string().optional(),
  content: z.unknown().optional(),
  is_error: z.boolean().optional(),
});

type Block = z.infer<typeof block>;

const blocks = z
  .union([z.string(), z.array(block)])
  .transform((content): Block[] =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  );

const request = z.looseObject({
  model: z.string().default('unknown'),
  stream: z.boolean().default(false),
  system: blocks.default([]),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  messages: z.array(z.looseObject({ role: z.string(), content: blocks })).min(1),
});

export type ModelRequest = z.infer<typeof request>;

type Message = ModelRequest['messages'][number];

/** Parses the body of a Messages API call; undefined: it is none. */
export function readRequest(text: string): ModelRequest | undefined {
  try {
    return request.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Reads from a request what is to be played. */
export function askOf(headers: IncomingHttpHeaders, body: ModelRequest): Ask {
  const { messages } = body;
  const prompted = messages.findLastIndex((message) => promptOf(message) !== undefined);
  const before = messages.slice(0, Math.max(prompted, 0));
  return {
    ...whoAsks(headers),
    cwd: cwdOf(body),
    tools: body.tools.map((tool) => tool.name),
    prompt: promptOf(messages[prompted]) ?? '',
    opening: messages.map(promptOf).find((text) => text !== undefined) ?? '',
    step: answersIn(messages.slice(prompted + 1)),
    outputs: usesIn(before).filter((use) => use.name === 'StructuredOutput').length,
    results: lastResults(messages),
  };
}

function whoAsks(
  headers: IncomingHttpHeaders,
): Pick<Ask, 'run' | 'phase' | 'role' | 'item' | 'attempt' | 'session'> {
  const header = (name: string): string => {
    const value = headers[`x-harness-${name}`];
    return typeof value === 'string' ? value : '';
  };
  const phase = header('phase');
  return {
    run: header('run'),
    phase,
    role: header('role').replace(`${phase}:`, ''),
    item: header('work-item'),
    attempt: Math.max(1, Math.trunc(Number(header('attempt'))) || 1),
    session: header('session'),
  };
}

/** What the CLI itself puts beside a person's words is no prompt. */
const ADDED = /^\s*(<system-reminder>|\[structured-output-enforce\]|\[Request interrupted)/;

function promptOf(message: Message | undefined): string | undefined {
  if (message?.role !== 'user') return undefined;
  const texts = message.content.flatMap((one) =>
    one.type === 'text' && one.text !== undefined && !ADDED.test(one.text) ? [one.text] : [],
  );
  return texts.length === 0 ? undefined : texts.join('\n');
}

function usesIn(messages: readonly Message[]): Block[] {
  return messages
    .filter((message) => message.role === 'assistant')
    .flatMap((message) => message.content.filter((one) => one.type === 'tool_use'));
}

/** Messages in a row are one answer: the CLI may split one by its blocks. */
function answersIn(messages: readonly Message[]): number {
  return messages.filter(
    (message, index) =>
      message.role === 'assistant' &&
      messages[index - 1]?.role !== 'assistant' &&
      !usesIn([message]).some((use) => use.id?.startsWith(MEND_ID)),
  ).length;
}

function lastResults(messages: readonly Message[]): ToolResult[] {
  const answered = messages.findLastIndex((message) => message.role === 'assistant');
  const uses = new Map(usesIn(messages).map((use) => [use.id, use]));
  return messages
    .slice(answered + 1)
    .flatMap((message) => message.content.filter((one) => one.type === 'tool_result'))
    .map((result) => {
      const use = uses.get(result.tool_use_id);
      return {
        tool: use?.name ?? '',
        input: use?.input ?? {},
        text: plainText(result.content),
        failed: result.is_error === true,
      };
    });
}

const REMINDER = /\n*<system-reminder>[\s\S]*?<\/system-reminder>/g;

function plainText(content: unknown): string {
  const parsed = blocks.safeParse(content);
  const text = parsed.data?.map((one) => one.text ?? '').join('\n') ?? '';
  return text.replaceAll(REMINDER, '');
}

const CWD = /[Ww]orking directory: (\/[^\n]*)/;

/** Newer models are told in a system message, older ones in a reminder, some in the system prompt. */
function cwdOf({ messages, system }: ModelRequest): string | null {
  const reminders = messages.flatMap((message) =>
    message.content.filter(
      (one) => message.role === 'system' || one.text?.startsWith('<system-reminder>'),
    ),
  );
  for (const { text } of [...reminders, ...system]) {
    const found = CWD.exec(text ?? '')?.[1];
    if (found !== undefined) return found.trim();
  }
  return null;
}

/** What the last answer's Read of this file gave, without line numbers; undefined: nothing. */
export function textRead(ask: Ask, path: string): string | undefined {
  const result = ask.results.find(
    ({ tool, input, failed }) =>
      tool === 'Read' && !failed && String(input['file_path']).endsWith(path),
  );
  return result?.text
    .split('\n')
    .map((line) => line.replace(/^\s*\d+[\t→]/, ''))
    .join('\n');
}
