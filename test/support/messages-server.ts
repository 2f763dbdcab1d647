import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { onLoopback } from './loopback.ts';

/** What a request of the CLI holds, as far as scripts look at it. */
const bodySchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
});
export type MessagesBody = z.infer<typeof bodySchema>;

export interface Ask {
  /** From the header `x-claude-code-session-id`. */
  readonly session: string;
  /** Counts the requests of this session from 0; retries count too. */
  readonly turn: number;
  readonly bytes: number;
  readonly body: MessagesBody;
}

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    };

export type Reply =
  | { readonly content: readonly Block[] }
  | { readonly fault: 'hang' | 'drop' | 'drop_mid_stream' }
  | {
      readonly error: { readonly type: string; readonly message: string };
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    };

export type Script = (ask: Ask) => Reply | Promise<Reply>;

export interface MessagesServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; of no use when it listens on a socket. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly asks: readonly Ask[];
}

export function say(text: string): Block {
  return { type: 'text', text };
}

let serial = 0;
export function call(name: string, input: unknown): Block {
  serial += 1;
  return { type: 'tool_use', id: `toolu_${serial}`, name, input };
}

/** An answer as the Messages API gives it when it fails. */
export function apiError(
  status: number,
  type: string,
  headers: Record<string, string> = {},
): Reply {
  return { status, headers, error: { type, message: `the ${type}` } };
}

/** Plays one answer a turn, and repeats the last one. */
export function inTurn(...replies: readonly Reply[]): (ask: Ask) => Reply {
  return ({ turn }) => replies[turn] ?? replies.at(-1) ?? { fault: 'hang' };
}

/** A Messages API whose answers are a script; listens on loopback, or on a unix socket if given. */
export async function startMessagesServer(
  script: Script,
  socketPath?: string,
): Promise<MessagesServer> {
  const asks: Ask[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, { script, asks }).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  if (socketPath === undefined) {
    const { url, close } = await onLoopback(server);
    return { url, asks, [Symbol.asyncDispose]: close };
  }
  await once(server.listen(socketPath), 'listening');
  return {
    url: '',
    asks,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(socketPath, { force: true });
    },
  };
}

interface State {
  readonly script: Script;
  readonly asks: Ask[];
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { script, asks }: State,
): Promise<void> {
  const raw = await textOf(request);
  if (request.url?.startsWith('/v1/messages?') !== true) {
    sendJson(response, 404, {
      type: 'error',
      error: { type: 'not_found_error', message: 'no such path' },
    });
    return;
  }
  const session = String(request.headers['x-claude-code-session-id']);
  const ask: Ask = {
    session,
    turn: asks.filter((earlier) => earlier.session === session).length,
    bytes: Buffer.byteLength(raw),
    body: bodySchema.parse(JSON.parse(raw)),
  };
  asks.push(ask);
  const reply = await script(ask);
  if ('fault' in reply) {
    if (reply.fault === 'drop') request.socket.destroy();
    if (reply.fault === 'drop_mid_stream') {
      streamStart(response, ask);
      setImmediate(() => request.socket.destroy());
    }
    return;
  }
  if ('error' in reply) {
    sendJson(response, reply.status, { type: 'error', error: reply.error }, reply.headers);
    return;
  }
  if (ask.body.stream === true) stream(response, ask, reply.content);
  else sendJson(response, 200, messageOf(ask, reply.content));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(
  response: ServerResponse,
  status: number,
  ...[value, headers]: [unknown, Readonly<Record<string, string>>?]
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(value));
}

function messageOf(ask: Ask, content: readonly Block[]): object {
  serial += 1;
  return {
    id: `msg_${serial}`,
    type: 'message',
    role: 'assistant',
    model: ask.body.model,
    stop_sequence: null,
    stop_reason: content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn',
    content,
    usage: {
      input_tokens: ask.bytes >> 2,
      output_tokens: 20,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
  };
}

function streamStart(response: ServerResponse, ask: Ask): (type: string, data: object) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (type: string, data: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  send('message_start', { message: { ...messageOf(ask, []), stop_reason: null } });
  return send;
}

function stream(response: ServerResponse, ask: Ask, content: readonly Block[]): void {
  const send = streamStart(response, ask);
  for (const [index, block] of content.entries()) {
    const text = block.type === 'text';
    send('content_block_start', {
      index,
      content_block: text ? { ...block, text: '' } : { ...block, input: {} },
    });
    send('content_block_delta', {
      index,
      delta: text
        ? { type: 'text_delta', text: block.text }
        : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    });
    send('content_block_stop', { index });
  }
  const toolUse = content.some((block) => block.type === 'tool_use');
  send('message_delta', {
    delta: { stop_reason: toolUse ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: { output_tokens: 20 },
  });
  send('message_stop', {});
  response.end();
}
