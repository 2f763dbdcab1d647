import type { IncomingMessage } from 'node:http';
import { serveHttp } from '../../../support/loopback.ts';

export interface Detour extends AsyncDisposable {
  readonly apiUrl: string;
  /** Does this once, before the next request that holds these words goes on. */
  before(words: string, does: () => Promise<void> | void): void;
}

/** A way to a fake Linear on which something may happen between two requests of one tracker. */
export async function aDetour({ apiUrl }: { readonly apiUrl: string }): Promise<Detour> {
  const waiting: { words: string; does: () => Promise<void> | void }[] = [];
  const { url, close } = await serveHttp((request, response) => {
    const pass = async (): Promise<void> => {
      const body = await textOf(request);
      const at = waiting.findIndex(({ words }) => body.includes(words));
      if (at >= 0) await waiting.splice(at, 1)[0]?.does();
      const headers = {
        'content-type': 'application/json',
        authorization: request.headers.authorization ?? '',
      };
      const answer = await fetch(apiUrl, { method: 'POST', headers, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    };
    pass().catch((error: unknown) => response.destroy(new Error(String(error))));
  });
  return {
    apiUrl: `${url}/graphql`,
    before: (words, does) => void waiting.push({ words, does }),
    [Symbol.asyncDispose]: close,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
