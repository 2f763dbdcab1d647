import { request } from 'node:http';
import { startRehearsalModel } from '../src/rehearsal/model.ts';
import { serveHttp } from '../test/support/loopback.ts';
import { LATENCY_MS, overheadScenario } from './overhead-scenario.ts';

export interface CountingModel {
  readonly url: string;
  /** Bytes of all request bodies. */
  bytes(): number;
  /** Bytes of the largest first request of a session. */
  first(): number;
  close(): Promise<void>;
}

/** The scripted model behind a relay that counts what is sent to it. */
export async function startCountingModel(): Promise<CountingModel> {
  const model = await startRehearsalModel({
    scenario: overheadScenario(),
    clock: { now: () => Date.now() },
    latencyMs: LATENCY_MS,
  });
  let sum = 0;
  let first = 0;
  const relay = await serveHttp((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      sum += body.length;
      if (!body.includes('"role":"assistant"')) first = Math.max(first, body.length);
      const { host: _host, ...headers } = incoming.headers;
      const upstream = request(
        `${model.url}${incoming.url ?? '/'}`,
        { method: incoming.method ?? 'POST', headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      upstream.on('error', () => outgoing.destroy());
      upstream.end(body);
    });
  });
  return {
    url: relay.url,
    bytes: () => sum,
    first: () => first,
    async close() {
      await relay.close();
      await model.close();
    },
  };
}
