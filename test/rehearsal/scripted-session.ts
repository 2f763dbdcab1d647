import Anthropic from '@anthropic-ai/sdk';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

export interface Who {
  readonly phase: string;
  readonly role: string;
  readonly item?: string;
  readonly attempt?: number;
  /** The agent's own test runs are taken for green without running: only its files matter. */
  readonly untested?: boolean;
}

/** The headers that the gateway adds. */
export function headersOf({ phase, role, item = '', attempt = 1 }: Who): Record<string, string> {
  return {
    'x-harness-run': 'run-1',
    'x-harness-phase': phase,
    'x-harness-role': role,
    'x-harness-work-item': item,
    'x-harness-attempt': String(attempt),
    'x-harness-session': `session-${phase}-${role}-${item}-${attempt}`,
  };
}

const NAMES = [
  'Read',
  'Write',
  'Edit',
  'Glob',
  'Grep',
  'Bash',
  'mcp__tracker__report',
  'StructuredOutput',
];

const TOOLS: Anthropic.Tool[] = NAMES.map((name) => ({
  name,
  input_schema: { type: 'object' },
}));

export function clientFor(url: string, who: Who): Anthropic {
  return new Anthropic({
    apiKey: 'x',
    baseURL: url,
    defaultHeaders: headersOf(who),
    maxRetries: 0,
  });
}

export function order(
  messages: Anthropic.MessageParam[],
): Anthropic.MessageCreateParamsNonStreaming {
  return { model: 'claude-opus-5-5', max_tokens: 1000, tools: TOOLS, messages };
}

/** What a session did, as the harness would see it. */
export interface Played {
  readonly text: string;
  readonly reports: readonly string[];
  readonly outputs: readonly unknown[];
  /** What tools answered when they failed. */
  readonly refusals: readonly unknown[];
  /** Requests that had to be sent again. */
  readonly failures: number;
  readonly answers: number;
}

/** Plays one session to its end in a folder, as the CLI would: a failed request is sent again. */
export async function playSession(url: string, folder: string, who: Who): Promise<Played> {
  const client = clientFor(url, who);
  const messages: Anthropic.MessageParam[] = [
    { role: 'user', content: reminderOf(folder) },
    { role: 'user', content: 'Do your part.' },
  ];
  const reports: string[] = [];
  const outputs: unknown[] = [];
  const refusals: unknown[] = [];
  let failures = 0;
  for (let answers = 1; ; answers += 1) {
    const message = await withRetry(
      () => client.messages.stream(order(messages)).finalMessage(),
      () => (failures += 1),
    );
    messages.push({ role: 'assistant', content: message.content });
    if (message.stop_reason !== 'tool_use')
      return { text: textOf(message), reports, outputs, refusals, failures, answers };
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const use of message.content.filter((block) => block.type === 'tool_use')) {
      if (use.name === 'StructuredOutput') outputs.push(use.input);
      if (use.name === 'mcp__tracker__report') reports.push(JSON.stringify(use.input));
      const skipped = who.untested === true && JSON.stringify(use.input).includes('--test');
      const result = skipped ? { content: 'ok' } : await perform(use, folder);
      if (result.is_error === true) refusals.push(result.content);
      results.push({ type: 'tool_result', tool_use_id: use.id, ...result });
    }
    messages.push({ role: 'user', content: results });
  }
}

export function reminderOf(folder: string): string {
  return `<system-reminder>\n# Environment\n - Primary working directory: ${folder}\n</system-reminder>`;
}

export function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

async function withRetry<T>(call: () => Promise<T>, failed: () => void): Promise<T> {
  for (let left = 2; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (left === 0) throw error;
      failed();
    }
  }
}

const inputs = z.object({
  file_path: z.string().default(''),
  content: z.string().default(''),
  old_string: z.string().default(''),
  new_string: z.string().default(''),
  command: z.string().default(''),
});

type Result = Pick<Anthropic.ToolResultBlockParam, 'content' | 'is_error'>;

async function perform(use: Anthropic.ToolUseBlock, folder: string): Promise<Result> {
  const input = inputs.parse(use.input);
  try {
    return { content: await performed(use.name, input, folder) };
  } catch (error) {
    return { content: String(error), is_error: true };
  }
}

async function performed(
  name: string,
  input: z.infer<typeof inputs>,
  cwd: string,
): Promise<string> {
  switch (name) {
    case 'Write':
      await mkdir(dirname(input.file_path), { recursive: true });
      await writeFile(input.file_path, input.content);
      return 'File created successfully';
    case 'Read': {
      const lines = (await readFile(input.file_path, 'utf8')).split('\n');
      return lines.map((line, index) => `${index + 1}\t${line}`).join('\n');
    }
    case 'Edit': {
      const text = await readFile(input.file_path, 'utf8');
      if (text.split(input.old_string).length !== 2) throw new Error('String to replace not found');
      await writeFile(
        input.file_path,
        text.replace(input.old_string, () => input.new_string),
      );
      return 'The file has been updated';
    }
    case 'Bash':
      return (await run('sh', ['-c', input.command], { cwd })).stdout;
    default:
      return 'Noted.';
  }
}
