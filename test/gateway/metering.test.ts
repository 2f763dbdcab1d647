import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createUsageMeter } from '../../src/gateway/usage-meter.ts';
import { priceOf, usageOf } from '../../src/gateway/prices.ts';
import { aBody, startBench, call, MODEL, sendJson, sendStream, sse, streamed } from './wiring.ts';

const usage = {
  input_tokens: 1000,
  output_tokens: 200,
  cache_read_input_tokens: 10_000,
  cache_creation_input_tokens: 2000,
};
/** 1000 + 10,000 / 10 + 2000 * 1.25 input tokens at $1, 200 output tokens at $5 a million. */
const cost = (1000 + 1000 + 2500 + 200 * 5) / 1e6;

test('I5 a streamed answer passes unchanged and is in the ledger with its price', async () => {
  await using bench = await startBench((response) => sendStream(response, streamed(usage)));
  const answer = await call(await bench.open());
  expect(answer).toMatchObject({ status: 200, text: streamed(usage), dropped: false });
  expect(answer.headers['request-id']).toBe('req_1');
  expect(bench.entries).toEqual([
    {
      requestId: 'req_1/own-1',
      projectId: 'project',
      runId: 'run',
      sessionId: 'session',
      phase: 'implement',
      role: 'coder',
      itemKey: 'API-1',
      model: MODEL,
      usage: {
        inputTokens: 1000,
        outputTokens: 200,
        cacheReadTokens: 10_000,
        cacheWriteTokens: 2000,
        costUsd: expect.closeTo(cost, 12),
      },
    },
  ]);
});

const searched = { ...usage, server_tool_use: { web_search_requests: 3 } };
const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 4 };

test('I5 searches of the web are charged, also where an answer breaks off before it counts them', async () => {
  const block = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
  const begun = [
    sse({ type: 'message_start', message: { usage } }),
    sse({ type: 'content_block_start', index: 0, content_block: block }),
  ];
  await using bench = await startBench(
    (response, _received, number) => {
      if (number === 1) sendStream(response, streamed(searched));
      else {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(begun.join(''), () => response.destroy());
      }
    },
    { providerTools: [search.type] },
  );
  const wire = await bench.open();
  const body = aBody({ tools: [search] });
  await call(wire, { body });
  await call(wire, { body });
  expect(bench.entries[0]?.usage.costUsd).toBeCloseTo(cost + 0.03, 12);
  expect(bench.entries[1]?.usage.costUsd).toBeGreaterThan(0.01);
});

test('I5 searches are set aside before they are made', async () => {
  await using bench = await startBench((response) => sendJson(response, 200, { usage }), {
    providerTools: [search.type],
  });
  const wire = await bench.open({ budgetUsd: 0.06 });
  expect((await call(wire, { body: aBody({ max_tokens: 10 }) })).status).toBe(200);
  const answer = await call(wire, {
    body: aBody({ max_tokens: 10, tools: [{ ...search, max_uses: 6 }] }),
  });
  expect(answer.status).toBe(429);
});

test('an answer that is not streamed is counted from its body', async () => {
  await using bench = await startBench((response) =>
    sendJson(response, 200, { type: 'message', usage }),
  );
  const answer = await call(await bench.open());
  expect(JSON.parse(answer.text)).toEqual({ type: 'message', usage });
  expect(bench.entries[0]?.usage.costUsd).toBeCloseTo(cost, 12);
});

/** Of a body of some hundred bytes, at three bytes a token and $1 a million. */
const promptUsd = (body: object): number => Math.ceil(JSON.stringify(body).length / 3) / 1e6;

const UNCOUNTED = [
  {},
  { input_tokens: 0, output_tokens: 0 },
  { input_tokens: -5, output_tokens: -1e9 },
  { input_tokens: 'many', output_tokens: 1.5 },
  { input_tokens: 9e15, output_tokens: 9e15 },
];

test.each(UNCOUNTED)(
  'I5 an answer whose server counts %j costs its prompt and its text all the same',
  async (counts) => {
    const text = 'x'.repeat(4000);
    await using bench = await startBench((response, _received, number) => {
      if (number === 1) sendStream(response, streamed(counts, text));
      else sendJson(response, 200, { usage: counts, content: [{ type: 'text', text }] });
    });
    const wire = await bench.open({ budgetUsd: 1 });
    const body = aBody({ max_tokens: 2000, stream: true });
    await call(wire, { body });
    await call(wire, { body });
    const least = promptUsd(body) + (1000 * 5) / 1e6;
    for (const entry of bench.entries) {
      expect(entry.usage.costUsd).toBeGreaterThanOrEqual(least - 1e-12);
      expect(entry.usage.costUsd).toBeLessThan(least * 1.2);
    }
    expect(bench.entries).toHaveLength(2);
  },
);

test('I5 an upstream that repeats its request ids hides no call from the ledger', async () => {
  await using bench = await startBench((response) => sendStream(response, streamed(usage)));
  const wire = await bench.open();
  await call(wire);
  await call(wire);
  expect(new Set(bench.entries.map((entry) => entry.requestId)).size).toBe(2);
});

test('the stream is metered alike however its bytes are cut, with LF, CRLF, comments and pings', () => {
  const whole = `: hello\n\n${sse({ type: 'ping' })}${streamed(usage, 'grüße 🎉')}`;
  for (const text of [whole, whole.replaceAll('\n', '\r\n'), whole.replaceAll('\n', '\r')])
    for (const size of [1, 2, 3, 7, 64, 10_000]) {
      const meter = createUsageMeter();
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) meter.push(bytes.subarray(at, at + size));
      expect(meter.finished(), `cut at ${size}`).toBe(true);
      expect(meter.tokens()).toMatchObject({ inputTokens: 1000, outputTokens: 200 });
    }
});

test('chunks reach the client as they come, before the message has ended', async () => {
  const first = Promise.withResolvers<void>();
  await using bench = await startBench(async (response) => {
    const [start = '', ...rest] = streamed(usage).split(/(?<=\n\n)/u);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(start);
    await first.promise;
    response.end(rest.join(''));
  });
  const wire = await bench.open();
  const before = wire.lastByteAt();
  const answer = await call(wire, { onData: () => first.resolve() });
  expect(answer.text).toBe(streamed(usage));
  expect(wire.lastByteAt()).toBeGreaterThan(before);
});

test('I5 the end of a message waits until the ledger has it', async () => {
  const seen = Promise.withResolvers<number>();
  await using bench = await startBench(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(streamed(usage));
    await seen.promise;
    response.end();
  });
  await call(await bench.open(), {
    onData: (chunk) => {
      if (chunk.includes('message_stop')) seen.resolve(bench.entries.length);
    },
  });
  expect(await seen.promise).toBe(1);
});

test('I5 a stream that drops is counted with what was seen, and the client sees the drop', async () => {
  const [start = ''] = streamed(usage).split(/(?<=\n\n)/u);
  await using bench = await startBench((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(
      start + sse({ type: 'content_block_delta', delta: { text: 'x'.repeat(400) } }),
      () => response.destroy(),
    );
  });
  const answer = await call(await bench.open());
  expect(answer).toMatchObject({ status: 200, dropped: true });
  expect(bench.entries[0]?.usage).toMatchObject({ inputTokens: 1000, outputTokens: 100 });
  expect(bench.events).toMatchObject([{ type: 'model.failed', kind: 'dropped', status: 200 }]);
});

test('I5 a stream that ends properly without its message is a drop as well, and never free', async () => {
  await using bench = await startBench((response) => sendStream(response, ': nothing\n\n'));
  const answer = await call(await bench.open());
  expect(answer.dropped).toBe(true);
  expect(bench.entries[0]?.usage).toMatchObject({ outputTokens: 1 });
  expect(bench.entries[0]?.usage.inputTokens).toBeGreaterThan(20);
  expect(bench.events).toMatchObject([{ type: 'model.failed', kind: 'dropped' }]);
});

test('an error inside a stream is recorded for what it is', async () => {
  const error = sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
  await using bench = await startBench((response) => sendStream(response, error));
  const answer = await call(await bench.open());
  expect(answer).toMatchObject({ text: error, dropped: false });
  expect(bench.events).toMatchObject([{ kind: 'overloaded', message: 'Overloaded' }]);
});

test('a compressed answer cannot be metered, so it is not passed on', async () => {
  await using bench = await startBench((response, { headers }) => {
    expect(headers['accept-encoding']).toBe('identity');
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'content-encoding': 'gzip',
    });
    response.end(gzipSync(streamed(usage)));
  });
  const answer = await call(await bench.open(), { headers: { 'accept-encoding': 'gzip, br' } });
  expect(answer.status).toBe(502);
  expect(bench.entries).toHaveLength(1);
  expect(bench.events).toMatchObject([{ kind: 'error', message: expect.stringContaining('gzip') }]);
});

test('counting tokens is forwarded and costs nothing', async () => {
  await using bench = await startBench((response) => sendJson(response, 200, { input_tokens: 7 }));
  const answer = await call(await bench.open(), { path: '/v1/messages/count_tokens?beta=true' });
  expect(JSON.parse(answer.text)).toEqual({ input_tokens: 7 });
  expect(bench.entries).toEqual([]);
});

test('I5 when the ledger fails the answer still arrives, and no call passes before it is written', async () => {
  let calls = 0;
  await using bench = await startBench((response) => {
    calls += 1;
    sendStream(response, streamed(usage));
  });
  const wire = await bench.open({ budgetUsd: 1 });
  bench.trouble.ledger = true;
  expect((await call(wire)).text).toBe(streamed(usage));
  const held = await call(wire);
  expect(held.status).toBe(503);
  expect(held.headers['x-should-retry']).toBeUndefined();
  expect(calls).toBe(1);
  bench.trouble.ledger = false;
  expect((await call(wire)).status).toBe(200);
  expect(bench.entries).toHaveLength(2);
});

test('I5 close says so when something that was spent could not be stored', async () => {
  await using bench = await startBench((response) => sendStream(response, streamed(usage)));
  const wire = await bench.open();
  bench.trouble.ledger = true;
  await call(wire);
  await expect(bench.gateway.close()).rejects.toMatchObject({ code: 'LEDGER_UNWRITTEN' });
  bench.trouble.ledger = false;
});

test('prices are known for the Claude families in every spelling, and for nothing else', () => {
  const priced = ['claude-opus-5-5', 'claude-opus-4-5-20251101', 'claude-sonnet-4-5@20250929'];
  const bedrock = ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-sonnet-5'];
  expect([...priced, ...bedrock].map((name) => priceOf(name)?.input)).toEqual([5, 5, 3, 1, 3]);
  const unknown = [
    'gpt-5',
    'claude-opus-4-1',
    'claude-opus-6',
    'xclaude-opus-5-5',
    'claude-haiku-5-5-mega',
    '',
  ];
  expect(unknown.map(priceOf)).toEqual(unknown.map(() => undefined));
});

test('I5 hour-long cache writes and long prompts cost what the list says', () => {
  const none = {
    webSearches: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  };
  const hour = { ...none, cacheWriteTokens: 1000, cacheWriteHourTokens: 1000 };
  expect(usageOf(MODEL, hour).costUsd).toBeCloseTo(0.002, 12);
  const long = { ...none, inputTokens: 300_000, outputTokens: 1000, cacheWriteHourTokens: 0 };
  expect(usageOf('claude-sonnet-4-5', long).costUsd).toBeCloseTo(0.3 * 6 + 0.001 * 22.5, 12);
  expect(usageOf('mystery', long).costUsd).toBeNull();
});

test('a model without a price runs when there is no budget, at an unknown cost', async () => {
  await using bench = await startBench((response) => sendStream(response, streamed(usage)));
  const wire = await bench.open({ model: 'mystery' });
  await call(wire, { body: aBody({ model: 'mystery' }) });
  expect(bench.entries).toMatchObject([{ model: 'mystery', usage: { costUsd: null } }]);
});
