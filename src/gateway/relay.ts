import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../domain/errors.ts';
import type { Bill, Call } from './call.ts';
import { headersToClient } from './headers.ts';
import { PATIENCE, watchProgress } from './progress.ts';
import type { Patience } from './progress.ts';
import { refuseForNow, sendRefusal } from './refusal.ts';
import type { Session, Shared } from './session.ts';
import { createUsageMeter, tokensOfBody } from './usage-meter.ts';
import type { UsageMeter } from './usage-meter.ts';

interface Relay {
  readonly shared: Shared;
  readonly session: Session;
  readonly call: Call;
  readonly bill: Bill;
}

/** Passes a good answer on and pays for it. */
export async function relayAnswer(answer: IncomingMessage, relay: Relay): Promise<void> {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return refuseEncoded(answer, relay, encoding);
  const streamed = answer.headers['content-type']?.startsWith('text/event-stream') ?? false;
  return streamed ? relayStream(answer, relay) : relayBody(answer, relay);
}

/** What cannot be metered is not passed on. */
async function refuseEncoded(
  answer: IncomingMessage,
  relay: Relay,
  encoding: string,
): Promise<void> {
  answer.destroy();
  await relay.bill.pay(null, requestId(answer));
  const message = `The model server sent ${encoding} though identity was asked for; turn compression off there.`;
  await relay.session.fail({ kind: 'error', message }, answer.statusCode ?? null);
  sendRefusal(relay.call.response, refuseForNow(502, 'api_error', message));
}

/**
 * Unbuffered but for one thing: the chunk that ends the message waits until the ledger has the call.
 * The client acts on a message only when it has ended, so whatever it does next is already paid for
 * on record, and a crash in between costs a repeated call instead of an uncounted one.
 */
async function relayStream(answer: IncomingMessage, relay: Relay): Promise<void> {
  const { bill, call, session, shared } = relay;
  const meter = createUsageMeter();
  const id = requestId(answer);
  call.response.writeHead(answer.statusCode ?? 200, headersToClient(answer.headers, shared.redact));
  call.response.flushHeaders();
  using progress = watchProgress(answer, shared.patience ?? PATIENCE);
  const broken = await pump(answer, relay, async (chunk) => {
    for (const type of meter.push(chunk)) {
      session.touch();
      progress.seen({ telling: type !== 'ping' });
    }
    if (meter.finished()) await bill.pay(meter.tokens(), id);
    else if (!(await bill.covers(meter.tokens()))) throw new RangeError(BROKEN_OFF);
  });
  await bill.pay(meter.tokens(), id);
  await closeStream(meter, relay, broken);
  session.touch();
}

const BROKEN_OFF = 'This answer was broken off: the budget of the run holds no more of it.';

/** Moves all chunks; returns why it ended early, undefined at a proper end. */
async function pump(
  answer: IncomingMessage,
  { call }: Relay,
  before: (chunk: Buffer) => Promise<void>,
): Promise<string | undefined> {
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('The upstream sent no bytes.');
      await before(chunk);
      await write(call.response, chunk, call.signal);
    }
    return undefined;
  } catch (error) {
    answer.destroy();
    return messageOf(error);
  }
}

async function write(response: ServerResponse, chunk: Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(chunk)) await once(response, 'drain', { signal });
}

async function closeStream(
  meter: UsageMeter,
  relay: Relay,
  broken: string | undefined,
): Promise<void> {
  const { call, session } = relay;
  if (call.signal.aborted) return;
  if (meter.finished()) return void call.response.end();
  const failure = meter.failure();
  if (failure !== null) {
    const kind = failure.type === 'overloaded_error' ? 'overloaded' : 'error';
    await session.fail({ kind, message: failure.message || failure.type }, 200);
    return void call.response.end();
  }
  await session.fail(
    { kind: 'dropped', message: broken ?? 'The stream ended before its message.' },
    200,
  );
  // The client must see the drop too: a proper end would pass half a message off as a whole one.
  call.response.destroy();
}

/** Longer answers come from no model. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** A JSON answer is of no use before its last byte, so it is paid for whole, then sent. */
async function relayBody(answer: IncomingMessage, relay: Relay): Promise<void> {
  const { bill, call, session, shared } = relay;
  const chunks: Buffer[] = [];
  const progress = watchProgress(answer, wholeWithin(shared.patience ?? PATIENCE));
  const broken = await collect(answer, session, chunks);
  progress[Symbol.dispose]();
  const body = Buffer.concat(chunks);
  await bill.pay(tokensOfBody(body), requestId(answer));
  if (call.signal.aborted) return;
  if (broken !== undefined) {
    await session.fail({ kind: 'dropped', message: broken }, answer.statusCode ?? null);
    call.response.destroy();
    return;
  }
  const headers = headersToClient(answer.headers, shared.redact);
  call.response.writeHead(answer.statusCode ?? 200, { ...headers, 'content-length': body.length });
  call.response.end(body);
  session.touch();
}

/** What comes whole tells nothing before its end: the time for all of it counts. */
function wholeWithin({ tellingMs }: Patience): Patience {
  return { eventMs: tellingMs, tellingMs };
}

async function collect(
  answer: IncomingMessage,
  session: Session,
  chunks: Buffer[],
): Promise<string | undefined> {
  let size = 0;
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('The upstream sent no bytes.');
      session.touch();
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw new RangeError('The answer is larger than 32 MB.');
      chunks.push(chunk);
    }
    return undefined;
  } catch (error) {
    answer.destroy();
    return messageOf(error);
  }
}

function requestId({ headers }: IncomingMessage): string | undefined {
  const id = headers['request-id'];
  return typeof id === 'string' ? id : undefined;
}
