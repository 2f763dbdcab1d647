import { expect, test } from 'vitest';
import { aBody, startBench, call, sendStream, streamed } from './wiring.ts';

/** One call of the test costs $0.01: 2000 output tokens of haiku. */
const usage = { input_tokens: 0, output_tokens: 2000 };
/** About what is set aside for it: 2000 output tokens and a few bytes of prompt. */
const body = aBody({ max_tokens: 2000 });

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
    { type: 'budget.reached', spentUsd: expect.closeTo(0.02, 9), budgetUsd },
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
    sendStream(response, streamed({ input_tokens: 0, output_tokens: 0 }));
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
  const wire = await bench.open({ budgetUsd: 100 });
  const refused = await call(wire, { body: aBody({ model: 'mystery-1' }) });
  expect(refused).toMatchObject({ status: 429, headers: { 'x-should-retry': 'false' } });
  expect(refused.text).toContain('Choose a model with a known price');
  expect(wire.verdict()).toEqual({ kind: 'unknown_price', model: 'mystery-1' });
  expect((await call(wire, { body })).status).toBe(429);
  expect(calls).toBe(0);
});
