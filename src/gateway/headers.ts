import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Redact } from './redact-credential.ts';
import type { Upstream, WireOrder } from './wire.ts';

/**
 * What the agent CLI sends and a Messages API reads. A list of what passes, not of what does not:
 * proxies in front of models take routing orders from headers, and any process in the box can add some.
 */
const TO_UPSTREAM =
  /^(?:accept|content-type|user-agent|x-app|x-client-request-id|anthropic-[\w-]+|x-stainless-[\w-]+|x-claude-[\w-]+)$/u;

const TO_CLIENT =
  /^(?:content-type|request-id|retry-after|retry-after-ms|x-should-retry|anthropic-ratelimit-[\w-]+)$/u;

/**
 * The headers of an upstream request: the client's, then the real credential and, when the order
 * says so, whom the cost is for. Asks for an uncompressed answer, because it is metered as it passes.
 */
export function headersToUpstream(
  received: IncomingHttpHeaders,
  order: WireOrder,
  credential: Upstream['credential'],
): OutgoingHttpHeaders {
  return {
    ...pick(received, TO_UPSTREAM),
    'accept-encoding': 'identity',
    ...authorization(credential),
    ...(order.attribution ? attribution(order) : {}),
  };
}

/** The headers of an upstream answer that concern the client. */
export function headersToClient(
  answered: IncomingHttpHeaders,
  redact: Redact,
): OutgoingHttpHeaders {
  const passed = Object.entries(pick(answered, TO_CLIENT));
  return Object.fromEntries(passed.map(([name, value]) => [name, redact(value)]));
}

function pick(headers: IncomingHttpHeaders, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && names.test(name) ? [[name, value]] : [],
    ),
  );
}

function authorization(credential: Upstream['credential']): Record<string, string> {
  if (credential === null) return {};
  return credential.kind === 'oauth'
    ? { authorization: `Bearer ${credential.value}` }
    : { 'x-api-key': credential.value };
}

function attribution({ runId, subject, attempt, sessionId }: WireOrder): Record<string, string> {
  return {
    'x-harness-run': printable(runId),
    'x-harness-phase': subject.phase,
    'x-harness-role': printable(subject.role),
    ...(subject.item === null ? {} : { 'x-harness-work-item': printable(subject.item) }),
    'x-harness-attempt': String(attempt),
    'x-harness-session': printable(sessionId),
  };
}

/** Header values are visible ASCII; work item keys may come from a tracker and be anything. */
function printable(value: string): string {
  return value.replaceAll(/[^\x21-\x7e]/gu, (char) => encodeURIComponent(char.toWellFormed()));
}
