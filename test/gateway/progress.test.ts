import { setInterval as every } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { aBody, call, MODEL, sse, startBench, streamed } from './wiring.ts';

const body = aBody({ stream: true });

/** Says the same again and again until nobody listens, or so often. */
async function repeat(
  response: ServerResponse,
  { text, everyMs, times = Infinity }: { text: string; everyMs: number; times?: number },
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  let said = 0;
  for await (const _ of every(everyMs)) {
    said += 1;
    if (response.destroyed || said > times) break;
    response.write(text);
  }
}

test('a server that only dribbles bytes is broken off, so that the call is tried again', async () => {
  await using bench = await startBench((response) => repeat(response, { text: ':', everyMs: 10 }), {
    patience: { eventMs: 200, tellingMs: 10_000 },
  });
  const wire = await bench.open();
  const answer = await call(wire, { body });
  expect(answer).toMatchObject({ status: 200, dropped: true });
  expect(wire.verdict()).toBeNull();
  const message = expect.stringMatching(/no whole event for 200 ms/u);
  expect(bench.events).toMatchObject([{ type: 'model.failed', kind: 'dropped', message }]);
});

test('a long thought that sends nothing but pings goes on, though not for ever', async () => {
  const pings = { text: sse({ type: 'ping' }), everyMs: 20 };
  await using bench = await startBench(
    async (response, _received, number) => {
      if (number === 2) return repeat(response, pings);
      await repeat(response, { ...pings, times: 30 });
      response.end(streamed({ input_tokens: 1, output_tokens: 1 }));
    },
    { patience: { eventMs: 300, tellingMs: 1500 } },
  );
  const wire = await bench.open();
  expect(await call(wire, { body })).toMatchObject({ status: 200, dropped: false });
  expect(await call(wire, { body })).toMatchObject({ dropped: true });
  const message = expect.stringMatching(/nothing but pings for 1500 ms/u);
  expect(bench.events).toMatchObject([{ type: 'model.failed', kind: 'dropped', message }]);
});

test('an answer that comes whole has to come within the time for all of it', async () => {
  await using bench = await startBench(
    async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      for await (const _ of every(10)) {
        if (response.destroyed) break;
        response.write(' ');
      }
    },
    { patience: { eventMs: 50, tellingMs: 300 } },
  );
  const wire = await bench.open();
  expect(await call(wire, { body: aBody({ model: MODEL }) })).toMatchObject({ dropped: true });
  expect(bench.events).toMatchObject([{ type: 'model.failed', kind: 'dropped' }]);
});
