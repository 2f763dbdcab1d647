import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { aBody, startBench, call, MODEL, sendJson, sendStream, sse, streamed } from './wiring.ts';

/** One call of the test costs $0.010001: a prompt of one token and 2000 output tokens of haiku. */
const usage = { input_tokens: 1, output_tokens: 2000 };
/** About what is set aside for it: 2000 output tokens and a few bytes of prompt. */
const body = aBody({ max_tokens: 2000, stream: true });

test('I5 a budget ends the calls of every session of its run, and says so once', async () => {
  let calls = 0;
  await using bench = await startBench((response) => {
    calls += 1;
    sendStream(response, streamed(usage));
  });
  const budgetUsd = 0.025;
  const a = await bench.open({ sessionId: 'a', budgetUsd });
  const b = await bench.open({ sessionId: 'b', budgetUsd });
  expect((await call(a, { body })).status).toBe(200);
  expect((await call(b, { body })).status).toBe(200);
  expect([a.verdict(), b.verdict()]).toEqual([null, null]);
  for (const wire of [a, b]) {
    const refused = await call(wire, { body });
    expect(refused).toMatchObject({ status: 429, headers: { 'x-should-retry': 'false' } });
    expect(JSON.parse(refused.text)).toMatchObject({ error: { type: 'rate_limit_error' } });
    expect(wire.verdict()).toMatchObject({ kind: 'budget', budgetUsd });
  }
  expect(calls).toBe(2);
  expect(bench.events).toEqual([
    { type: 'budget.reached', spentUsd: expect.closeTo(0.020002, 9), budgetUsd },
  ]);
});

test('I5 calls in flight count: of five at once only as many pass as the budget holds', async () => {
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  await using bench = await startBench(async (response) => {
    calls += 1;
    await gate.promise;
    sendStream(response, streamed(usage));
  });
  const budgetUsd = 0.035;
  const wires = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((sessionId) => bench.open({ sessionId, budgetUsd })),
  );
  let refused = 0;
  const answers = wires.map(async (wire) => {
    const { status } = await call(wire, { body });
    if (status === 429) refused += 1;
    if (refused === 2) gate.resolve();
    return status;
  });
  const statuses = await Promise.all(answers);
  expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  expect(refused).toBe(2);
  expect(calls).toBe(3);
  const spent = bench.entries.reduce((sum, entry) => sum + (entry.usage.costUsd ?? 0), 0);
  expect(spent).toBeLessThanOrEqual(budgetUsd);
});

/** Tokens of one piece of a long answer, and its text by the meter's own measure. */
const PIECE = { tokens: 100, text: 'word'.repeat(100) };
const MOST_PIECES = 1000;

/** Up to 100,000 tokens, piece by piece, until whoever reads has gone. */
async function sendLong(response: ServerResponse): Promise<void> {
  const start = { type: 'message_start', message: { model: MODEL, usage: { input_tokens: 10 } } };
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(sse(start));
  const piece = sse({
    type: 'content_block_delta',
    delta: { type: 'text_delta', text: PIECE.text },
  });
  for (let sent = 0; sent < MOST_PIECES && !response.destroyed; sent += 1) {
    if (!response.write(piece))
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    await new Promise(setImmediate);
  }
  response.end(sse({ type: 'message_stop' }));
}

test('I5 long answers of eight agents at once are broken off where the budget ends', async () => {
  await using bench = await startBench(sendLong);
  // Each answer alone would cost all of it.
  const budgetUsd = 0.5;
  const wires = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map((one) => bench.open({ sessionId: `${one}`, budgetUsd })),
  );
  const long = aBody({ max_tokens: 128_000, stream: true });
  const answers = await Promise.all(wires.map((wire) => call(wire, { body: long })));
  expect(answers.some(({ dropped }) => dropped)).toBe(true);
  const spent = bench.entries.reduce((sum, entry) => sum + (entry.usage.costUsd ?? 0), 0);
  // What has arrived when it is broken off is paid for: a read's worth for each.
  expect(spent).toBeLessThan(budgetUsd * 1.1);
  expect(spent).toBeGreaterThan(budgetUsd * 0.8);
  expect(wires.some((wire) => wire.verdict()?.kind === 'budget')).toBe(true);
  expect(bench.events.filter(({ type }) => type === 'budget.reached')).toHaveLength(1);
});

test('I5 an answer that comes whole, and may cost more than is left, is not asked for', async () => {
  await using bench = await startBench((response) => sendJson(response, 200, { usage }));
  const wire = await bench.open({ budgetUsd: 0.1 });
  expect((await call(wire, { body: aBody({ max_tokens: 64_000 }) })).status).toBe(429);
  expect(bench.upstream.received).toHaveLength(0);
});

test('what was set aside is given back after an error and after an answer', async () => {
  await using bench = await startBench((response, _received, number) => {
    if (number % 2 === 1) response.writeHead(500).end('{}');
    else sendStream(response, streamed({ input_tokens: 1, output_tokens: 1 }));
  });
  const wire = await bench.open({ budgetUsd: 0.0105 });
  for (let turn = 0; turn < 6; turn += 1)
    expect((await call(wire, { body })).status).toBe(turn % 2 === 0 ? 500 : 200);
});

test('one run does not spend the budget of another', async () => {
  const gate = Promise.withResolvers<void>();
  await using bench = await startBench(async (response, _received, number) => {
    if (number === 2) gate.resolve();
    await gate.promise;
    sendStream(response, streamed({ input_tokens: 1, output_tokens: 1 }));
  });
  const wires = await Promise.all(
    ['one', 'two'].map((runId) => bench.open({ runId, sessionId: runId, budgetUsd: 0.011 })),
  );
  const answers = await Promise.all(wires.map((wire) => call(wire, { body })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

test('I5 with a budget a model without a price is refused, with the remedy', async () => {
  let calls = 0;
  await using bench = await startBench((response) => {
    calls += 1;
    sendStream(response, streamed(usage));
  });
  const wire = await bench.open({ budgetUsd: 100, model: 'mystery-1' });
  const refused = await call(wire, { body: aBody({ model: 'mystery-1' }) });
  expect(refused).toMatchObject({ status: 429, headers: { 'x-should-retry': 'false' } });
  expect(refused.text).toContain('Choose a model with a known price');
  expect(wire.verdict()).toEqual({ kind: 'unknown_price', model: 'mystery-1' });
  expect((await call(wire, { body })).status).toBe(429);
  expect(calls).toBe(0);
});
