import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { costOf } from '../../src/gateway/prices.ts';
import { sse } from '../gateway/wiring.ts';
import { serveHttp } from '../support/loopback.ts';

/** A provider whose coders talk until they are cut off; all others it leaves to another model. */
export interface EndlessModel extends AsyncDisposable {
  readonly url: string;
  /** US dollars that coders have cost, by what was written before their reader was found to be gone. */
  readonly bill: { usd: number };
  /** How many coders talked at once at most. */
  readonly most: { atOnce: number };
}

/** Tokens of one piece of an answer, and its text by the meter's own measure. */
const PIECE = { tokens: 100, text: 'word'.repeat(100) };

/** Input tokens that it says a coder's call has. */
const PROMPT_TOKENS = 10;

export const MODEL = 'claude-opus-5-5';

export async function anEndlessModel(others: string): Promise<EndlessModel> {
  const bill = { usd: 0 };
  const talking = { now: 0 };
  const most = { atOnce: 0 };
  const talk = async (response: ServerResponse): Promise<void> => {
    talking.now += 1;
    most.atOnce = Math.max(most.atOnce, talking.now);
    await talkOn(response, bill);
    talking.now -= 1;
  };
  const { url, close } = await serveHttp((request, response) => {
    if (request.headers['x-harness-role'] === 'coder')
      request.resume().once('end', () => void talk(response));
    else pass(others, request, response);
  });
  return { url, bill, most, [Symbol.asyncDispose]: close };
}

function pass(others: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = '' } = request;
  const asked = ask(new URL(url, others), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  request.pipe(asked);
}

const priced = (inputTokens: number, outputTokens: number): number =>
  costOf(MODEL, {
    inputTokens,
    outputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteHourTokens: 0,
    webSearches: 0,
  }) ?? 0;

async function talkOn(response: ServerResponse, bill: { usd: number }): Promise<void> {
  bill.usd += priced(PROMPT_TOKENS, 0);
  const send = (event: { readonly type: string; readonly [field: string]: unknown }): void =>
    void response.write(sse(event));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const usage = { input_tokens: PROMPT_TOKENS, output_tokens: 1 };
  const message = {
    id: 'msg',
    type: 'message',
    role: 'assistant',
    model: MODEL,
    content: [],
    usage,
  };
  send({ type: 'message_start', message });
  send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
  while (!response.destroyed) {
    bill.usd += priced(0, PIECE.tokens);
    const delta = { type: 'text_delta', text: PIECE.text };
    send({ type: 'content_block_delta', index: 0, delta });
    await wait(20);
  }
}
