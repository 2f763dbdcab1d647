import http from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { messageOf } from '../domain/errors.ts';

/** Sends requests to the upstream over connections that it keeps. */
export interface Sender {
  send(order: UpstreamRequest): Promise<UpstreamAnswer>;
  close(): void;
}

interface UpstreamRequest {
  /** Path and query: `/v1/messages?beta=true`. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

type UpstreamAnswer =
  | { readonly status: 'answered'; readonly answer: IncomingMessage }
  /** `sent`: the whole request had left, so it may have been worked on and charged. */
  | { readonly status: 'unanswered'; readonly sent: boolean; readonly message: string };

/** After this silence the operating system probes the peer: a dead one ends the wait, a slow one does not. */
const PROBE_AFTER_MS = 30_000;

/** Has no time limits of its own: a model may think for many minutes, and sessions have their own. */
export function createSender(baseUrl: string): Sender {
  const base = new URL(baseUrl);
  const { agent, request } =
    base.protocol === 'https:'
      ? { agent: new https.Agent({ keepAlive: true }), request: https.request }
      : { agent: new http.Agent({ keepAlive: true }), request: http.request };
  const prefix = base.pathname.replace(/\/+$/u, '');

  function send({ target, headers, body, signal }: UpstreamRequest): Promise<UpstreamAnswer> {
    return new Promise((resolve) => {
      const url = new URL(`${prefix}${target}`, base.origin);
      const length = { 'content-length': body.length };
      const sending = request(url, {
        method: 'POST',
        headers: { ...headers, ...length },
        agent,
        signal,
      });
      let sent = false;
      sending.setSocketKeepAlive(true, PROBE_AFTER_MS);
      sending.once('finish', () => (sent = true));
      sending.once('response', (answer) => resolve({ status: 'answered', answer }));
      sending.on('error', (error) => {
        resolve({ status: 'unanswered', sent, message: describe(error) });
      });
      sending.end(body);
    });
  }

  return { send, close: () => agent.destroy() };
}

/** Connecting to several addresses fails with an empty message and the reasons inside. */
function describe(error: Error): string {
  return error instanceof AggregateError
    ? error.errors.map(messageOf).join('; ')
    : messageOf(error);
}
