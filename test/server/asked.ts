import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { TOKEN } from './a-server.ts';

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** As it is said, without what a client library would mend. */
export async function raw(
  port: number,
  { method = 'GET', path = '/v1/projects', headers = {}, body = '' }: Asked,
) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; said: string }>();
  const usual = { authorization: `Bearer ${TOKEN}`, connection: 'close' };
  const options = { host: '127.0.0.1', port, method, path, agent: false };
  const asked = request({ ...options, headers: { ...usual, ...headers } }, (answer) => {
    text(answer).then((said) => resolve({ status: answer.statusCode ?? 0, said }), reject);
  });
  asked.on('error', reject);
  asked.end(body);
  return promise;
}

export const JSON_TYPE = { 'content-type': 'application/json' };

export function linear(secret: string, webhookTimestamp: number): Asked {
  const body = JSON.stringify({ type: 'Issue', webhookTimestamp });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = {
    ...JSON_TYPE,
    authorization: '',
    'linear-signature': signature,
    'linear-delivery': randomUUID(),
  };
  return { method: 'POST', path: '/v1/webhooks/linear', headers, body };
}

export function github(secret: string, delivery: string): Asked {
  // No two deliveries say the same, as those of GitHub.
  const body = JSON.stringify({ ref: 'refs/heads/main', delivery });
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const headers = {
    ...JSON_TYPE,
    authorization: '',
    'x-hub-signature-256': signature,
    'x-github-delivery': delivery,
  };
  return { method: 'POST', path: '/v1/webhooks/github', headers, body };
}
