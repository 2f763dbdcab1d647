import { expect, test } from 'vitest';
import {
  aBody,
  startBench,
  apiError,
  call,
  KEY,
  sendJson,
  sendStream,
  streamed,
} from './wiring.ts';
import type { Script } from './wiring.ts';

function failing(status: number, headers: Record<string, string>, body: object): Script {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

test('a refused credential goes upstream once, and the client is told not to repeat it', async () => {
  for (const status of [401, 403]) {
    const error = apiError('authentication_error', 'invalid x-api-key');
    await using bench = await startBench(failing(status, {}, error));
    const wire = await bench.open();
    const first = await call(wire);
    expect(first).toMatchObject({ status, headers: { 'x-should-retry': 'false' } });
    expect(JSON.parse(first.text)).toEqual(error);
    expect((await call(wire)).headers['x-should-retry']).toBe('false');
    expect(bench.upstream.received).toHaveLength(1);
    expect(wire.verdict()).toEqual({ kind: 'refused', status, message: 'invalid x-api-key' });
    expect(bench.events).toMatchObject([{ type: 'model.failed', kind: 'refused', status }]);
    expect(bench.entries).toEqual([]);
  }
});

test('an empty account is refused, as 402 or in words', async () => {
  const words = 'Your credit balance is too low to access the Anthropic API.';
  for (const status of [400, 402]) {
    await using bench = await startBench(failing(status, {}, apiError('billing_error', words)));
    const wire = await bench.open();
    expect((await call(wire)).headers['x-should-retry']).toBe('false');
    expect(wire.verdict()).toMatchObject({ kind: 'refused', status });
  }
});

const soon = { 'retry-after': '20', 'anthropic-ratelimit-unified-reset': '1795352400' };
const none = { kind: 'limited' };
test.for([
  ['a short one passes', soon, undefined],
  ['one without a time passes', {}, undefined],
  ['a window with room says nothing', roomy(), undefined],
  ['a long one parks', { 'retry-after': '3600' }, '2026-11-22T13:00:00.000Z'],
  [
    'a dated one parks',
    { 'retry-after': 'Sun, 22 Nov 2026 14:00:00 GMT' },
    '2026-11-22T14:00:00.000Z',
  ],
  ['a subscription window parks', unified(), '2026-11-22T17:00:00.000Z'],
  ['a token window parks', tokens(), '2026-11-22T12:30:00.000Z'],
  ['one that forbids retries parks', { 'x-should-retry': 'false' }, null],
] as const)('limits: %s', async ([, headers, until]) => {
  await using bench = await startBench(
    failing(429, headers, apiError('rate_limit_error', 'slow down')),
  );
  const wire = await bench.open();
  const answer = await call(wire);
  expect(answer.status).toBe(429);
  expect(answer.headers['x-should-retry']).toBe(until === undefined ? undefined : 'false');
  for (const [name, value] of Object.entries(headers)) expect(answer.headers[name]).toBe(value);
  expect(wire.verdict()).toEqual(
    until === undefined ? null : { ...none, until, message: 'slow down' },
  );
  expect(bench.events).toMatchObject([{ type: 'model.failed', kind: 'limited', status: 429 }]);
});

function unified(): Record<string, string> {
  return {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': String(Date.parse('2026-11-22T17:00:00Z') / 1000),
    'anthropic-ratelimit-unified-7d-status': 'allowed',
    'anthropic-ratelimit-unified-7d-reset': String(Date.parse('2026-11-29T17:00:00Z') / 1000),
  };
}

function tokens(): Record<string, string> {
  return {
    'anthropic-ratelimit-tokens-remaining': '0',
    'anthropic-ratelimit-tokens-reset': '2026-11-22T12:30:00Z',
  };
}

function roomy(): Record<string, string> {
  return { ...tokens(), 'anthropic-ratelimit-tokens-remaining': '5' };
}

test.for([
  [529, 'overloaded_error', 'overloaded'],
  [503, 'overloaded_error', 'overloaded'],
  [503, 'api_error', 'error'],
  [500, 'api_error', 'error'],
  [502, 'api_error', 'error'],
  [400, 'invalid_request_error', 'error'],
] as const)('a %i %s passes on and is recorded as %s', async ([status, type, kind]) => {
  await using bench = await startBench(
    failing(status, { 'x-should-retry': 'true' }, apiError(type, 'sorry')),
  );
  const wire = await bench.open();
  const answer = await call(wire);
  expect(answer).toMatchObject({ status, headers: { 'x-should-retry': 'true' } });
  expect(JSON.parse(answer.text)).toEqual(apiError(type, 'sorry'));
  expect(wire.verdict()).toBeNull();
  expect(bench.events).toMatchObject([{ type: 'model.failed', kind, status, message: 'sorry' }]);
});

test('after a failure that passes the next call goes through', async () => {
  await using bench = await startBench((response, _received, number) => {
    if (number === 1) sendJson(response, 529, apiError('overloaded_error', 'Overloaded'));
    else sendStream(response, streamed({ input_tokens: 1, output_tokens: 1 }));
  });
  const wire = await bench.open();
  expect((await call(wire)).status).toBe(529);
  expect((await call(wire)).status).toBe(200);
});

test('an unreachable server is a 502 in the shape of the API, recorded, and costs nothing', async () => {
  await using bench = await startBench(() => undefined);
  const { origin } = new URL(bench.upstream.url);
  await bench.upstream[Symbol.asyncDispose]();
  const answer = await call(await bench.open());
  expect(answer.status).toBe(502);
  const message = expect.stringMatching(/ANTHROPIC_BASE_URL.*`harness resume`/u);
  expect(JSON.parse(answer.text)).toMatchObject({
    type: 'error',
    error: { type: 'api_error', message },
  });
  expect(answer.text).toContain(`The model server ${origin} can't be reached`);
  expect(bench.events).toMatchObject([
    { kind: 'error', status: null, message: expect.stringContaining('ECONNREFUSED') },
  ]);
  expect(bench.entries).toEqual([]);
});

test('I5 a request that was taken and never answered is a drop, and counts', async () => {
  await using bench = await startBench((response) => void response.destroy());
  const answer = await call(await bench.open());
  expect(answer).toMatchObject({ status: 0, dropped: true });
  expect(bench.events).toMatchObject([{ kind: 'dropped', status: null }]);
  expect(bench.entries).toMatchObject([{ usage: { outputTokens: 1 } }]);
});

test('a redirect is not followed: the credential goes to the configured server only', async () => {
  await using bench = await startBench(
    failing(307, { location: 'http://127.0.0.1:1/v1/messages' }, {}),
  );
  const answer = await call(await bench.open());
  expect(answer.status).toBe(502);
  expect(answer.headers.location).toBeUndefined();
  expect(answer.text).toContain('redirect (307), which is not followed: set ANTHROPIC_BASE_URL');
  expect(bench.upstream.received).toHaveLength(1);
});

test('I5 a client that leaves ends the upstream request, which is counted but no failure', async () => {
  const [start = ''] = streamed({ input_tokens: 50, output_tokens: 1 }).split(/(?<=\n\n)/u);
  await using bench = await startBench((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(start);
  });
  const leaving = new AbortController();
  const wire = await bench.open();
  await call(wire, { signal: leaving.signal, onData: () => leaving.abort() });
  await bench.upstream.left;
  await wire[Symbol.asyncDispose]();
  expect(bench.entries).toMatchObject([{ usage: { inputTokens: 50, outputTokens: 1 } }]);
  expect(bench.events).toEqual([]);
});

test('I7 the credential is in no event, verdict or answer, in whatever spelling it comes back', async () => {
  const spellings = [
    KEY,
    encodeURIComponent(KEY),
    Buffer.from(KEY).toString('base64'),
    Buffer.from(KEY).toString('base64url'),
    Buffer.from(KEY).toString('hex'),
  ];
  const echo = spellings.join(' ');
  await using bench = await startBench(
    failing(401, { 'request-id': KEY }, apiError('authentication_error', `bad key ${echo}`)),
  );
  const wire = await bench.open();
  const answer = await call(wire);
  const told = JSON.stringify([answer.text, answer.headers, wire.verdict(), bench.events]);
  for (const spelling of spellings) expect(told).not.toContain(spelling);
  expect(told).toContain('bad key');
});

test('messages from the upstream are cut at 500 characters', async () => {
  await using bench = await startBench(failing(500, {}, apiError('api_error', 'x'.repeat(5000))));
  await call(await bench.open(), { body: aBody() });
  const [event] = bench.events;
  expect(event?.type === 'model.failed' && event.message.length).toBe(500);
});
