import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { serveHttp } from './loopback.ts';

/** Who is refused once, by the headers that the gateway adds. */
export interface Limited {
  readonly phase: string;
  /** Milliseconds from the refusal until the provider takes calls again. */
  readonly resetMs: number;
}

export interface LimitingModel extends AsyncDisposable {
  readonly url: string;
  /** Phases that were refused, in order, with the time from which they may ask again. */
  readonly refusals: readonly { readonly phase: string; readonly until: number }[];
  /** Calls of a phase after its refusal, by the time they came. */
  readonly later: readonly { readonly phase: string; readonly at: number }[];
}

/** Stands before a Messages API and refuses the first call of each named phase, as a used-up plan does. */
export async function startLimitingModel(
  upstream: string,
  limits: readonly Limited[],
): Promise<LimitingModel> {
  const refusals: { phase: string; until: number }[] = [];
  const later: { phase: string; at: number }[] = [];
  const { url, close } = await serveHttp((asked, response) => {
    const phase = String(asked.headers['x-harness-phase']);
    const limit = limits.find((one) => one.phase === phase);
    const refused = refusals.some((one) => one.phase === phase);
    if (limit !== undefined && !refused) {
      // Whole seconds, as the provider says it.
      const until = Math.ceil((Date.now() + limit.resetMs) / 1000) * 1000;
      refusals.push({ phase, until });
      refuse(asked, response, until);
      return;
    }
    if (refused) later.push({ phase, at: Date.now() });
    forward(asked, response, upstream);
  });
  return { url, refusals, later, [Symbol.asyncDispose]: close };
}

function refuse(asked: IncomingMessage, response: ServerResponse, until: number): void {
  asked.resume();
  const headers = {
    'content-type': 'application/json',
    'x-should-retry': 'false',
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': String(until / 1000),
  };
  const error = { type: 'rate_limit_error', message: 'You have reached the limit of your plan.' };
  response.writeHead(429, headers).end(JSON.stringify({ type: 'error', error }));
}

function forward(asked: IncomingMessage, response: ServerResponse, upstream: string): void {
  const { method, headers } = asked;
  const url = new URL(asked.url ?? '/', upstream);
  const call = request(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  call.on('error', () => response.destroy());
  // The scripted model lets some calls hang: they end when the caller leaves.
  response.on('close', () => call.destroy());
  asked.pipe(call);
}
