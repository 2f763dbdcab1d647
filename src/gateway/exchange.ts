import type { IncomingMessage } from 'node:http';
import type { Bill, Call } from './call.ts';
import { chargedTokens, courseOf, reservationFor } from './estimate.ts';
import { classify } from './failures.ts';
import { headersToClient, headersToUpstream } from './headers.ts';
import { priceOf } from './prices.ts';
import { refusalOf, refuse, refuseForNow, sendRefusal } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { relayAnswer } from './relay.ts';
import type { Asked } from './request-door.ts';
import type { Reservation } from '../work/run-store.ts';
import type { Aside } from './run-spending.ts';
import type { Session, Shared } from './session.ts';
import type { WireVerdict } from './wire.ts';

/** Carries one call to the upstream and its answer back. Never throws for what the upstream does. */
export async function exchange(shared: Shared, session: Session, call: Call): Promise<void> {
  const bill = await openBill(session, call);
  if ('refusal' in bill) return sendRefusal(call.response, bill);
  try {
    await forward(shared, session, { call, bill });
  } finally {
    // Whatever went wrong on our side: what was sent may be charged. No-op for a call that is settled.
    await bill.pay(null, undefined);
  }
}

async function forward(
  shared: Shared,
  session: Session,
  { call, bill }: { readonly call: Call; readonly bill: Bill },
): Promise<void> {
  const { target, signal } = call;
  const headers = headersToUpstream(call.headers, session.order, shared.upstream.credential);
  const reply = await shared.sender.send({ target, headers, body: call.asked.body, signal });
  if (reply.status === 'unanswered') return unanswered(reply, { shared, session, call, bill });
  session.touch();
  const { answer } = reply;
  if (isGood(answer)) return relayAnswer(answer, { shared, session, call, bill });
  await bill.waive();
  return relayError(answer, { shared, session, call });
}

async function openBill(session: Session, call: Call): Promise<Bill | Refusal> {
  const ended = session.verdict();
  if (ended !== null) return refusalOf(ended);
  if (!call.charged) return FREE;
  const { model } = call.asked;
  // Any program in the box may ask; what nobody planned for must neither cost nor end anything.
  if (model !== session.order.model && priceOf(model) === undefined) return notPlanned(model);
  const reservation = session.reservation(model, reservationFor(call.asked));
  try {
    const admission = await session.spending.admit(reservation);
    if (admission.granted)
      return billFor(session, call.asked, { reservation, aside: admission.aside });
    await concludeWith(session, admission.verdict);
    return refusalOf(admission.verdict);
  } catch {
    return refuseForNow(503, 'api_error', LEDGER_DOWN);
  }
}

function notPlanned(model: string): Refusal {
  return refuse(
    400,
    'invalid_request_error',
    `${model} is neither the model of this session nor one with a known price.`,
  );
}

const LEDGER_DOWN =
  'What was spent could not be read or stored, so no call is forwarded. Is the database up?';

const FREE: Bill = Object.freeze({
  covers: async () => true,
  pay: async () => undefined,
  waive: async () => undefined,
});

async function concludeWith(session: Session, verdict: WireVerdict): Promise<void> {
  session.conclude(verdict);
  await session.announceBudget(verdict);
}

function billFor(
  session: Session,
  asked: Asked,
  { reservation, aside }: { readonly reservation: Reservation; readonly aside: Aside },
): Bill {
  const { runUsd, sessionUsd, dayUsd } = reservation.caps;
  const capped = runUsd !== null || sessionUsd !== null || dayUsd !== null;
  let open = true;
  return {
    async covers(soFar) {
      if (soFar === null || !capped) return true;
      const course = courseOf(asked, chargedTokens(asked, soFar));
      if (course.costUsd <= aside.usd()) return true;
      const verdict = await aside.grow(course);
      if (verdict !== null) await concludeWith(session, verdict);
      return verdict === null;
    },
    async pay(tokens, upstreamId) {
      if (!open) return;
      open = false;
      await session.settle(reservation, { tokens: chargedTokens(asked, tokens), upstreamId });
    },
    async waive() {
      if (!open) return;
      open = false;
      await session.settle(reservation, null);
    },
  };
}

/** No answer at all: refused, unreachable, or broken off; or the client left first. */
async function unanswered(
  { sent, message }: { readonly sent: boolean; readonly message: string },
  {
    shared,
    session,
    call,
    bill,
  }: {
    readonly shared: Shared;
    readonly session: Session;
    readonly call: Call;
    readonly bill: Bill;
  },
): Promise<void> {
  if (sent) await bill.pay(null, undefined);
  else await bill.waive();
  if (call.signal.aborted) return;
  await session.fail({ kind: sent ? 'dropped' : 'error', message }, null);
  if (sent) call.response.destroy();
  else
    sendRefusal(
      call.response,
      refuseForNow(502, 'api_error', unreachable(shared.upstream.baseUrl, message)),
    );
}

/** Names the server as its operator does: the address inside a box tells nobody anything. */
function unreachable(baseUrl: string, why: string): string {
  return `The model server ${new URL(baseUrl).origin} can't be reached (${why}): see to the network, or to ANTHROPIC_BASE_URL, then \`harness resume\`.`;
}

function isGood({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Error bodies are small; what is beyond is not read. */
const MAX_ERROR_BYTES = 256 * 1024;

async function relayError(
  answer: IncomingMessage,
  {
    shared,
    session,
    call,
  }: { readonly shared: Shared; readonly session: Session; readonly call: Call },
): Promise<void> {
  const status = answer.statusCode ?? 502;
  if (status < 400) answer.destroy();
  const body = shared.redact(status < 400 ? redirected(shared, status) : await readSome(answer));
  session.touch();
  const failure = classify({ status, headers: answer.headers, body }, shared.clock.now());
  if (failure.verdict !== null && isTelling(failure.verdict, { session, call }))
    session.conclude(failure.verdict);
  await session.fail(failure, status);
  if (call.signal.aborted) return;
  const headers = headersToClient(answer.headers, shared.redact);
  const last = failure.verdict === null ? {} : { 'x-should-retry': 'false' };
  if (status >= 400) return void call.response.writeHead(status, { ...headers, ...last }).end(body);
  call.response.writeHead(502, { 'content-type': 'application/json', ...last }).end(body);
}

/** Not followed: the credential goes to the configured server only. Its body would tell nobody why. */
function redirected({ upstream }: Shared, status: number): string {
  const message = `The model server ${new URL(upstream.baseUrl).origin} answers with a redirect (${status}), which is not followed: set ANTHROPIC_BASE_URL to where it leads.`;
  return JSON.stringify({ type: 'error', error: { type: 'api_error', message } });
}

/** That another model is refused says nothing of the credential. */
function isTelling(
  verdict: WireVerdict,
  { session, call }: { readonly session: Session; readonly call: Call },
): boolean {
  return verdict.kind !== 'refused' || call.asked.model === session.order.model;
}

/** As much as came, up to the cap: an error that breaks off is still that error. */
async function readSome(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk) || size > MAX_ERROR_BYTES) break;
      chunks.push(chunk);
      size += chunk.length;
    }
  } catch {
    chunks.push(Buffer.from('\n[the answer broke off]'));
  }
  return Buffer.concat(chunks).toString('utf8');
}
