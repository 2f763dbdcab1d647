import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { ContentBlock, ModelMessage } from '../gateway/model-message.ts';
import { MEND_ID, type Ask } from './ask.ts';
import { quoted, writeCommand } from './play.ts';
import type { Action } from './script.ts';

/** What an answer is made from. */
export interface AnswerOrder {
  readonly actions: readonly Action[];
  readonly mends: boolean;
  readonly ask: Ask;
  readonly model: string;
  /** The request as it came: the same request gets the same ids, another one others. */
  readonly raw: string;
}

/** Tokens of a text: four bytes each, the usual rule of thumb for English and code. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** Makes the message. What a session has no tool for, it says in words. */
export function messageFor(order: AnswerOrder): ModelMessage {
  const { actions, mends, ask, model, raw } = order;
  const hash = createHash('sha256').update(ask.session).update(raw).digest('hex').slice(0, 20);
  const content = actions.map((action, index): ContentBlock => {
    const call = callOf(action, ask);
    if (typeof call === 'string') return { type: 'text', text: call };
    if (!ask.tools.includes(call.name))
      return { type: 'text', text: `${call.name}: ${JSON.stringify(call.input)}` };
    const id = `${mends ? MEND_ID : 'toolu_'}${hash}${index}`;
    return { type: 'tool_use', id, name: call.name, input: call.input };
  });
  return {
    id: `msg_${hash}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: tokensOf(raw),
      output_tokens: tokensOf(JSON.stringify(content)),
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
  };
}

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The tool call of an action; a string is what it says. File tools want absolute paths. */
function callOf(action: Action, { cwd, tools }: Ask): Call | string {
  switch (action.kind) {
    case 'say':
      return action.text;
    case 'bash':
      return { name: 'Bash', input: { command: action.command } };
    case 'report':
      return {
        name: 'mcp__tracker__report',
        input: { kind: action.report, text: action.text },
      };
    case 'answer':
      return {
        name: 'StructuredOutput',
        input: z.record(z.string(), z.unknown()).parse(action.output),
      };
    case 'call':
      return { name: offered(action.names, tools), input: action.input };
    case 'write':
    case 'edit':
    case 'read':
      return cwd === null ? byShell(action) : byTool(action, cwd);
  }
}

/** The first of these names that a server offers. */
function offered(names: readonly string[], tools: readonly string[]): string {
  const found = names.flatMap((name) => tools.filter((one) => one.endsWith(`__${name}`)));
  return found[0] ?? names[0] ?? '';
}

type FileAction = Extract<Action, { kind: 'write' | 'edit' | 'read' }>;

function byTool(action: FileAction, cwd: string): Call {
  const path = join(cwd, action.path);
  switch (action.kind) {
    case 'write':
      return { name: 'Write', input: { file_path: path, content: action.text } };
    case 'edit':
      return {
        name: 'Edit',
        input: { file_path: path, old_string: action.old, new_string: action.text },
      };
    case 'read':
      return { name: 'Read', input: { file_path: path } };
  }
}

/** Where the working directory is unknown: a shell is in it. */
function byShell(action: FileAction): Call {
  return { name: 'Bash', input: { command: shellCommand(action) } };
}

const REPLACE =
  'const [path, old, text] = process.argv.slice(1); const fs = require("node:fs");' +
  'fs.writeFileSync(path, fs.readFileSync(path, "utf8").replace(old, () => text))';

function shellCommand(action: FileAction): string {
  switch (action.kind) {
    case 'write':
      return writeCommand(action.path, action.text);
    case 'edit':
      return ['node -e', ...[REPLACE, action.path, action.old, action.text].map(quoted)].join(' ');
    case 'read':
      return `cat ${quoted(action.path)}`;
  }
}
