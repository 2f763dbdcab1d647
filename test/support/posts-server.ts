import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { serveHttp } from './loopback.ts';

/** What was posted to it. */
export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface PostsServer extends AsyncDisposable {
  readonly url: string;
  readonly posts: readonly Posted[];
  /** Resolves when so many were posted. */
  reached(count: number): Promise<void>;
}

/** Takes what is posted, and answers the given way: 204 unless said otherwise. */
export async function startPostsServer(
  answer: (response: ServerResponse, number: number) => void = (response) =>
    void response.writeHead(204).end(),
): Promise<PostsServer> {
  const posts: Posted[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const { url, close } = await serveHttp((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      posts.push({ headers: request.headers, body });
      answer(response, posts.length);
      for (const { count, resolve } of waiting) if (posts.length >= count) resolve();
    });
  });
  return {
    url: `${url}/hooks/secret-of-this-hook`,
    posts,
    reached: (count) =>
      new Promise((resolve) => {
        if (posts.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    [Symbol.asyncDispose]: close,
  };
}
