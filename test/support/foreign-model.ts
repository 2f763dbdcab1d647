import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { think } from './foreign-mind.ts';
import { serveHttp } from './loopback.ts';
import type { Guess, Reply, Seen, Used } from './foreign-mind.ts';

/** A request as the foreign model saw it. */
interface ForeignRequest {
  /** Session of the client, if it says so. */
  readonly session: string;
  readonly model: string;
  /** What it took the request for. */
  readonly guess: Guess;
  readonly tools: readonly string[];
  readonly bytes: number;
  readonly streamed: boolean;
  readonly headers: IncomingMessage['headers'];
}

export interface ForeignModel extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ForeignRequest[];
  close(): Promise<void>;
}

/**
 * A Messages API that knows nothing of this project: it invents a small product and answers whatever
 * is asked by looking at the request alone. It stands for any model server, to prove that runs do
 * not lean on the rehearsal's script.
 */
export async function startForeignModel(): Promise<ForeignModel> {
  const requests: ForeignRequest[] = [];
  const { url, close } = await serveHttp((request, response) => {
    serve(request, response, requests).catch((error: unknown) => {
      fail(response, 400, error instanceof Error ? error.message : String(error));
    });
  });
  return { url, requests, close, [Symbol.asyncDispose]: close };
}

const Blocks = z.array(z.looseObject({ type: z.string() }));
type Block = z.infer<typeof Blocks>[number];

const Content = z.union([
  z.string().transform((text): Block[] => [{ type: 'text', text }]),
  Blocks,
]);

const Body = z.looseObject({
  model: z.string(),
  max_tokens: z.number().optional(),
  stream: z.boolean().default(false),
  system: Content.default([]),
  tools: z.array(z.looseObject({ name: z.string(), input_schema: z.unknown() })).default([]),
  messages: z.array(z.object({ role: z.string(), content: Content })),
});
type Body = z.infer<typeof Body>;

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  requests: ForeignRequest[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const raw = Buffer.concat(chunks);
  const path = (request.url ?? '').split('?', 1)[0];
  if (request.method !== 'POST' || !path?.startsWith('/v1/messages'))
    return fail(response, 404, 'Not found.');
  const body = Body.parse(JSON.parse(raw.toString('utf8')));
  const tokens = Math.ceil(raw.length / 4);
  if (path === '/v1/messages/count_tokens') return sendJson(response, { input_tokens: tokens });
  const { guess, reply } = think(seenIn(body));
  const { model, stream: streamed } = body;
  const session = String(request.headers['x-claude-code-session-id'] ?? '');
  const tools = body.tools.map(({ name }) => name);
  const { headers } = request;
  const serial = requests.push({
    session,
    model,
    guess,
    tools,
    bytes: raw.length,
    streamed,
    headers,
  });
  const answer = { serial, model, tokens, block: blockOf(reply, serial) };
  if (streamed) stream(response, answer);
  else sendJson(response, wholeOf(answer));
}

function seenIn({ system, tools, messages }: Body): Seen {
  const user = messages.filter(({ role }) => role !== 'assistant');
  const texts = user.flatMap(({ content }) => textsOf(content));
  return {
    tools: tools.map((tool) => ({ name: tool.name, schema: tool.input_schema })),
    text: [...textsOf(system), ...texts].join('\n'),
    lastUserText: texts.at(-1) ?? '',
    used: usedIn(messages.flatMap(({ content }) => content)),
  };
}

function textsOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => (typeof block['text'] === 'string' ? [block['text']] : []));
}

function usedIn(blocks: readonly Block[]): Used[] {
  const results = new Map(
    blocks
      .filter(({ type }) => type === 'tool_result')
      .map((block) => [block['tool_use_id'], block['is_error'] === true]),
  );
  return blocks
    .filter(({ type }) => type === 'tool_use')
    .map((block) => ({
      name: String(block['name']),
      input: block['input'],
      failed: results.get(block['id']) ?? null,
    }));
}

interface Answer {
  readonly serial: number;
  readonly model: string;
  readonly tokens: number;
  readonly block: { readonly type: string; readonly [field: string]: unknown };
}

function blockOf(reply: Reply, serial: number): Answer['block'] {
  if (reply.kind === 'text') return { type: 'text', text: reply.text };
  return { type: 'tool_use', id: `toolu_foreign_${serial}`, name: reply.name, input: reply.input };
}

function wholeOf({ serial, model, tokens, block }: Answer): Record<string, unknown> {
  return {
    id: `msg_foreign_${serial}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [block],
    stop_reason: block.type === 'text' ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: {
      input_tokens: tokens,
      output_tokens: Math.ceil(JSON.stringify(block).length / 4),
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
  };
}

function stream(response: ServerResponse, answer: Answer): void {
  const whole = wholeOf(answer);
  const { block } = answer;
  const empty = block.type === 'text' ? { text: '' } : { input: {} };
  const text = block.type === 'text' ? String(block['text']) : JSON.stringify(block['input']);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'request-id': `req_foreign_${answer.serial}`,
  });
  const send = (type: string, fields: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  };
  send('message_start', { message: { ...whole, content: [], stop_reason: null } });
  send('ping', {});
  send('content_block_start', { index: 0, content_block: { ...block, ...empty } });
  for (const piece of text.match(/.{1,200}/gsu) ?? [])
    send('content_block_delta', { index: 0, delta: deltaOf(block.type, piece) });
  send('content_block_stop', { index: 0 });
  const { stop_reason, stop_sequence, usage } = whole;
  send('message_delta', { delta: { stop_reason, stop_sequence }, usage });
  send('message_stop', {});
  response.end();
}

function deltaOf(type: string, piece: string): object {
  return type === 'text'
    ? { type: 'text_delta', text: piece }
    : { type: 'input_json_delta', partial_json: piece };
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, message: string): void {
  const type = status === 404 ? 'not_found_error' : 'invalid_request_error';
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}
