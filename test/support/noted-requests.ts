import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { serveHttp } from './loopback.ts';

const body = z.looseObject({ model: z.string() });

/** A request for an answer. */
export interface NotedRequest {
  readonly model: string;
  readonly session: string;
  readonly role: string;
  /** Milliseconds, by the clock of this process. */
  readonly at: number;
}

/** A door before a server of models that remembers who asked for what, and passes everything on. */
export interface Noted extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly NotedRequest[];
  /** The model of each request for an answer, in order. */
  models(): readonly string[];
  /** The sessions that asked, each once. */
  sessions(): readonly string[];
}

/** The sessions are told apart by `gateway.attribution_headers`. */
export async function noting(upstream: string): Promise<Noted> {
  const seen: NotedRequest[] = [];
  const { url, close } = await serveHttp((incoming, answer) => {
    void (async () => {
      const content = await buffer(incoming);
      const read = body.safeParse(content.length === 0 ? null : JSON.parse(content.toString()));
      if (read.success && incoming.url?.includes('count_tokens') === false)
        seen.push({
          model: read.data.model,
          session: String(incoming.headers['x-harness-session']),
          role: String(incoming.headers['x-harness-role']),
          at: performance.now(),
        });
      const onward = request(new URL(incoming.url ?? '/', upstream), {
        method: incoming.method ?? 'GET',
        headers: incoming.headers,
      });
      onward.on('response', (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
        response.on('error', () => answer.destroy());
      });
      onward.on('error', () => answer.destroy());
      onward.end(content);
    })();
  });
  return {
    url,
    seen,
    models: () => seen.map(({ model }) => model),
    sessions: () => [...new Set(seen.map(({ session }) => session))],
    [Symbol.asyncDispose]: close,
  };
}
