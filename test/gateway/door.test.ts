import { once } from 'node:events';
import { mkdtempDisposable, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aBody, startBench, call, KEY, sendJson } from './wiring.ts';
import type { Bench, BenchOptions } from './wiring.ts';

function behindPlain(options: BenchOptions = {}): Promise<Bench> {
  return startBench(
    (response) => sendJson(response, 200, { usage: { input_tokens: 1, output_tokens: 1 } }),
    options,
  );
}

test('I8 only the token of this session opens the door', async () => {
  await using bench = await behindPlain();
  const [mine, other] = [await bench.open(), await bench.open({ sessionId: 'other' })];
  expect(mine.token).not.toBe(other.token);
  expect(Buffer.from(mine.token, 'base64url')).toHaveLength(32);
  for (const key of [other.token, KEY, '', `${mine.token}x`]) {
    const answer = await call(mine, { headers: { 'x-api-key': key } });
    expect(answer).toMatchObject({ status: 401, headers: { 'x-should-retry': 'false' } });
  }
  const bearer = { 'x-api-key': '', authorization: `Bearer ${mine.token}` };
  expect((await call(mine, { headers: bearer })).status).toBe(200);
  expect(bench.upstream.received).toHaveLength(1);
});

test('I8 only model calls are forwarded', async () => {
  await using bench = await behindPlain();
  const wire = await bench.open();
  const paths = [
    '/',
    '/v1/models',
    '/v1/files',
    '/v1/messages/batches',
    '/v1/messages/',
    '//v1/messages',
  ];
  const tricks = ['/v1/./messages', '/v1/messages%2f', '/V1/messages'];
  for (const path of [...paths, ...tricks]) {
    const answer = await call(wire, { path });
    expect({ path, status: answer.status }).toEqual({ path, status: 404 });
    expect(JSON.parse(answer.text)).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error' },
    });
  }
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await call(wire, { method, body: '' })).status).toBe(404);
  expect(bench.upstream.received).toEqual([]);
});

const webSearch = { type: 'web_search_20250305', name: 'web_search' };
const fromUrl = { type: 'image', source: { type: 'url', url: 'https://evil.test/?secret' } };
const document = { type: 'document', source: { type: 'content', content: [fromUrl] } };
test.for<[string, object]>([
  ['MCP servers', { mcp_servers: [{ type: 'url', url: 'https://evil.test' }] }],
  ['web search', { tools: [{ name: 'Read', input_schema: {} }, webSearch] }],
  ['web fetch', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }],
  ['code execution', { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] }],
  ['an MCP toolset', { tools: [{ type: 'mcp_toolset', mcp_server_name: 'x' }] }],
  ['a kind of tool not known yet', { tools: [{ type: 'teleport_20300101', name: 'teleport' }] }],
  ['a container', { container: { skills: [] } }],
  ['another price list', { speed: 'fast' }],
  ['an image from a URL', { messages: [{ role: 'user', content: [fromUrl] }] }],
  ['one inside a tool result', { messages: [{ role: 'user', content: [{ content: [fromUrl] }] }] }],
  ['one inside a document', { messages: [{ role: 'user', content: [document] }] }],
])('I8 %s would reach out through the provider and is refused', async ([, extra]) => {
  await using bench = await behindPlain();
  const answer = await call(await bench.open(), { body: aBody(extra) });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { type: 'invalid_request_error' } });
  expect(bench.upstream.received).toEqual([]);
});

test('I8 a tool that runs at the provider passes where its very type is configured, and no other', async () => {
  await using bench = await behindPlain({ providerTools: ['web_search_20250305'] });
  const wire = await bench.open();
  const status = async (tool: object): Promise<number> =>
    (await call(wire, { body: aBody({ tools: [tool] }) })).status;
  expect(await status(webSearch)).toBe(200);
  expect(bench.upstream.received[0]?.body).toContain('web_search_20250305');
  expect(await status({ ...webSearch, type: 'web_search_20260101' })).toBe(400);
  expect(await status({ ...webSearch, type: ['web_search_20250305'] })).toBe(400);
  expect(await status({ type: 'web_fetch_20250910', name: 'web_fetch' })).toBe(400);
  const both = aBody({ tools: [webSearch], mcp_servers: [{ type: 'url', url: 'https://a.test' }] });
  expect((await call(wire, { body: both })).status).toBe(400);
  expect(bench.upstream.received).toHaveLength(1);
});

test('tools that run in the box pass, and so does anything in their input', async () => {
  await using bench = await behindPlain();
  const tools = [
    { name: 'Read', input_schema: { type: 'object' } },
    { type: 'custom', name: 'Placeholder', defer_loading: true },
    { type: 'bash_20250124', name: 'bash' },
    { type: 'text_editor_20250728', name: 'edit' },
  ];
  const use = { type: 'tool_use', id: 't', name: 'Write', input: { source: { type: 'url' } } };
  const body = aBody({
    tools,
    mcp_servers: null,
    messages: [{ role: 'assistant', content: [use] }],
  });
  expect((await call(await bench.open(), { body })).status).toBe(200);
  expect(bench.upstream.received[0]?.body).toBe(JSON.stringify(body));
});

test('I8 what was judged is what is sent: a doubled key cannot hide from the door', async () => {
  await using bench = await behindPlain();
  const body = JSON.stringify(aBody()).replace(
    '{',
    '{"mcp_servers":[{"url":"x"}],"mcp_servers":null,',
  );
  expect((await call(await bench.open(), { body })).status).toBe(200);
  expect(bench.upstream.received[0]?.body).not.toContain('"url"');
});

test.for([
  ['no JSON', '{"model":', 400],
  ['no object', '[]', 400],
  ['no model', '{"messages":[]}', 400],
  ['no messages', '{"model":"x"}', 400],
  ['more than 32 MB', 'x'.repeat(32 * 1024 * 1024 + 1), 413],
] as const)('a body with %s is refused at the door', async ([, body, status]) => {
  await using bench = await behindPlain();
  expect((await call(await bench.open(), { body })).status).toBe(status);
  expect(bench.upstream.received).toEqual([]);
});

test('a compressed body is refused', async () => {
  await using bench = await behindPlain();
  const headers = { 'content-encoding': 'gzip' };
  expect((await call(await bench.open(), { headers })).status).toBe(415);
});

test('a body of many megabytes passes', async () => {
  await using bench = await behindPlain();
  const body = aBody({ messages: [{ role: 'user', content: 'ü'.repeat(8_000_000) }] });
  expect((await call(await bench.open(), { body })).status).toBe(200);
  expect(bench.upstream.received[0]?.body.length).toBe(JSON.stringify(body).length);
});

test('I7 the session token stays inside and the credential takes its place', async () => {
  await using bench = await behindPlain();
  const wire = await bench.open();
  const inside = {
    authorization: `Bearer ${wire.token}`,
    cookie: 'a=b',
    'x-harness-run': 'forged',
    'x-forwarded-for': '1.2.3.4',
    'x-route-to': 'https://evil.test',
    'anthropic-beta': 'one,two',
    'anthropic-version': '2023-06-01',
    'x-stainless-lang': 'js',
    'x-claude-code-session-id': 'abc',
    'user-agent': 'claude-cli/2',
  };
  await call(wire, { headers: inside });
  const [received] = bench.upstream.received;
  expect(received?.url).toBe('/v1/messages?beta=true');
  expect(JSON.stringify(received)).not.toContain(wire.token);
  const { host: _host, connection: _connection, ...headers } = received?.headers ?? {};
  expect(headers).toEqual({
    'x-api-key': KEY,
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'content-length': String(JSON.stringify(aBody()).length),
    'anthropic-beta': 'one,two',
    'anthropic-version': '2023-06-01',
    'x-stainless-lang': 'js',
    'x-claude-code-session-id': 'abc',
    'user-agent': 'claude-cli/2',
  });
});

test('an OAuth token goes as a bearer, and a base URL keeps its path', async () => {
  await using bench = await behindPlain({
    credential: { kind: 'oauth', value: 'oat' },
    path: '/anthropic/',
  });
  const wire = await bench.open();
  expect(wire.kind).toBe('oauth');
  await call(wire);
  expect(bench.upstream.received).toMatchObject([
    { url: '/anthropic/v1/messages?beta=true', headers: { authorization: 'Bearer oat' } },
  ]);
  expect(bench.upstream.received[0]?.headers['x-api-key']).toBeUndefined();
});

test('a rehearsal needs no credential', async () => {
  await using bench = await behindPlain({ credential: null });
  const wire = await bench.open();
  await call(wire);
  expect(wire.kind).toBe('api_key');
  const headers = bench.upstream.received[0]?.headers ?? {};
  expect([headers['x-api-key'], headers.authorization]).toEqual([undefined, undefined]);
});

test('attribution headers say whom the cost is for, and cannot be forged', async () => {
  await using bench = await behindPlain();
  const subject = {
    attempt: 'a',
    phase: 'ideation',
    role: 'ideation:ux',
    item: 'ÄPI 1\r\n',
  } as const;
  const wire = await bench.open({ attribution: true, subject });
  await call(wire, { headers: { 'x-harness-run': 'forged', 'x-harness-extra': 'x' } });
  const names = Object.entries(bench.upstream.received[0]?.headers ?? {});
  expect(Object.fromEntries(names.filter(([name]) => name.startsWith('x-harness-')))).toEqual({
    'x-harness-run': 'run',
    'x-harness-phase': 'ideation',
    'x-harness-role': 'ideation:ux',
    'x-harness-work-item': '%C3%84PI%201%0D%0A',
    'x-harness-attempt': '2',
    'x-harness-session': 'session',
  });
});

test('I8 a sealed session gets a socket of its own that only its owner may open', async () => {
  await using bench = await behindPlain();
  await using home = await mkdtempDisposable(join(tmpdir(), 'wire-'));
  const folder = home.path;
  const wire = await bench.open({ sealed: true, folder });
  expect(wire).toMatchObject({ baseUrl: 'http://127.0.0.1:8377', socket: join(folder, 'g.sock') });
  expect((await stat(join(folder, 'g.sock'))).mode & 0o777).toBe(0o600);
  expect((await call(wire)).status).toBe(200);
  await wire[Symbol.asyncDispose]();
  await expect(stat(join(folder, 'g.sock'))).rejects.toThrow('ENOENT');
  expect((await call(wire)).dropped).toBe(true);
});

test('a socket left by a killed process does not keep the next one from listening', async () => {
  await using bench = await behindPlain();
  await using home = await mkdtempDisposable(join(tmpdir(), 'wire-'));
  const folder = home.path;
  const first = await bench.open({ sealed: true, folder });
  const second = await bench.open({ sealed: true, folder });
  expect((await call({ ...first, token: second.token })).status).toBe(200);
});

test('a socket path that no address can hold is refused with the remedy', async () => {
  await using bench = await behindPlain();
  const folder = join(tmpdir(), 'x'.repeat(100));
  await expect(bench.open({ sealed: true, folder })).rejects.toMatchObject({
    code: 'SOCKET_PATH_TOO_LONG',
    message: expect.stringContaining('TMPDIR'),
  });
});

test('close ends calls in flight and connections that only wait', async () => {
  const asked = Promise.withResolvers<void>();
  await using bench = await startBench(() => asked.resolve());
  const wire = await bench.open();
  const idle = connect(Number(new URL(wire.baseUrl).port), '127.0.0.1');
  await once(idle, 'connect');
  const gone = once(idle, 'close');
  const waiting = call(wire);
  await asked.promise;
  await bench.gateway.close();
  expect(await waiting).toMatchObject({ status: 0, dropped: true });
  idle.resume();
  await gone;
  await bench.upstream.left;
  expect(bench.entries).toHaveLength(1);
  expect(bench.events).toEqual([]);
});

test('more calls at once than any session makes are turned away', async () => {
  const all = Promise.withResolvers<void>();
  await using bench = await startBench(async (response, _received, number) => {
    if (number === 32) all.resolve();
    await all.promise;
    sendJson(response, 200, {});
  });
  const wire = await bench.open();
  const answers = await Promise.all(Array.from({ length: 33 }, () => call(wire)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(32);
  expect(statuses).toContain(429);
});
