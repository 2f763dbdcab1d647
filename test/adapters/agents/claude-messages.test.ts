import { expect, test } from 'vitest';
import { createMessageReader } from '../../../src/adapters/agents/claude/messages.ts';
import type { MessageReader } from '../../../src/adapters/agents/claude/messages.ts';

const ORDER = {
  sessionId: 's',
  version: '2.1.330',
  workspace: '/w',
  model: 'claude-opus-5-5',
  tools: ['Read', 'mcp__tracker__report'],
  servers: ['tracker'],
  resumed: false,
  structured: false,
};

const INIT = {
  type: 'system',
  subtype: 'init',
  session_id: 's',
  claude_code_version: '2.1.330',
  cwd: '/w',
  model: 'claude-opus-5-5',
  permissionMode: 'bypassPermissions',
  tools: ['mcp__tracker__report', 'Read'],
  mcp_servers: [{ name: 'tracker', status: 'connected' }],
};

const SUCCESS = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  terminal_reason: 'completed',
  result: 'done',
};

function aReader(changes: Partial<typeof ORDER> = {}): MessageReader {
  const reader = createMessageReader({ ...ORDER, ...changes });
  reader.read(INIT);
  return reader;
}

function assistant(id: string, block: object, error?: string): object {
  return { type: 'assistant', error, message: { id, content: [block] } };
}

const use = (id: string): object => ({ type: 'tool_use', id, name: 'Read', input: { a: 1 } });

test('a session as ordered starts once, however often it says so', () => {
  const reader = createMessageReader(ORDER);
  expect(reader.read(INIT).events).toEqual([
    { type: 'started', model: 'claude-opus-5-5', resumed: false },
  ]);
  expect(reader.read(INIT).events).toEqual([{ type: 'alive' }]);
});

test.each([
  ['session', { session_id: 'other' }],
  ['version', { claude_code_version: '2.1.0' }],
  ['folder', { cwd: '/elsewhere' }],
  ['model', { model: 'claude-haiku-4-5' }],
  ['permission mode', { permissionMode: 'auto' }],
  ['a tool too many', { tools: [...INIT.tools, 'Bash'] }],
  ['a tool too few', { tools: ['Read'] }],
  ['a failed server', { mcp_servers: [{ name: 'tracker', status: 'failed' }] }],
  [
    'a server too many',
    { mcp_servers: [...INIT.mcp_servers, { name: 'foreign', status: 'pending' }] },
  ],
])('another %s than ordered ends the session', (_what, change) => {
  const { end } = createMessageReader(ORDER).read({ ...INIT, ...change });
  expect(end).toMatchObject({ status: 'failed' });
});

test('a success of a session that never said what it set up is a failure', () => {
  expect(createMessageReader(ORDER).read(SUCCESS).end).toMatchObject({ status: 'failed' });
});

test.each([null, 3, {}, { type: 'unheard_of' }, { type: 'system', subtype: 'new' }])(
  'the unknown message %j is a sign of life',
  (message) => {
    expect(aReader().read(message)).toEqual({
      events: [{ type: 'alive' }],
      end: null,
      leaves: false,
    });
  },
);

test('a tool starts with its call and ends with its result', () => {
  const reader = aReader();
  expect(reader.read(assistant('m1', use('t1'))).events).toEqual([
    { type: 'tool_started', id: 't1', name: 'Read', input: '{"a":1}' },
  ]);
  const result = {
    type: 'tool_result',
    tool_use_id: 't1',
    is_error: true,
    content: [{ type: 'text', text: 'no' }, { type: 'image' }],
  };
  expect(reader.read({ type: 'user', message: { content: [result] } }).events).toEqual([
    { type: 'tool_ended', id: 't1', failed: true, output: 'no\n[not text]' },
  ]);
});

test.each([
  ['a retry', { type: 'system', subtype: 'api_retry', attempt: 1, error: 'server_error' }],
  ['the next answer', assistant('m2', { type: 'text', text: 'again' })],
])('a call that was cut off ends with %s, so it hides no stall', (_what, message) => {
  const reader = aReader();
  reader.read(assistant('m1', use('t1')));
  reader.read(assistant('m1', use('t2')));
  expect(reader.read(message).events.slice(0, 2)).toEqual([
    { type: 'tool_ended', id: 't1', failed: true, output: 'never run' },
    { type: 'tool_ended', id: 't2', failed: true, output: 'never run' },
  ]);
});

test('a refused key ends the session at its first retry', () => {
  const { end, leaves } = aReader().read({
    type: 'system',
    subtype: 'api_retry',
    attempt: 1,
    error_status: 401,
    error: 'authentication_failed',
  });
  expect(end).toMatchObject({ status: 'refused' });
  expect(leaves).toBe(false);
});

const failure = (fields: object): object => ({
  ...SUCCESS,
  is_error: true,
  terminal_reason: 'api_error',
  result: 'an error',
  ...fields,
});

test.each([
  ['completed', SUCCESS, undefined],
  ['refused', failure({ api_error_status: 401 }), undefined],
  ['refused', failure({ api_error_status: 402 }), undefined],
  ['refused', failure({ api_error_status: 403 }), undefined],
  ['refused', failure({}), 'billing_error'],
  ['limited', failure({ api_error_status: 429 }), undefined],
  ['limited', failure({}), 'rate_limit'],
  ['failed', failure({ api_error_status: 500 }), 'server_error'],
  ['failed', { ...SUCCESS, terminal_reason: 'max_turns' }, undefined],
  ['failed', { ...SUCCESS, subtype: 'error_during_execution', errors: ['No session'] }, undefined],
])('ends as %s: %j after %s', (status, result, error) => {
  const reader = aReader();
  if (error !== undefined) reader.read(assistant('m1', { type: 'text', text: 'API Error' }, error));
  expect(reader.read(result).end).toMatchObject({ status });
});

test('prose decides nothing: an agent may say any sentence', () => {
  const result = 'API Error: 401 authentication_failed. Rate limit reached.';
  expect(aReader().read({ ...SUCCESS, result }).end).toEqual({
    status: 'completed',
    text: result,
    output: null,
  });
});

test('an error that an answer followed is history', () => {
  const reader = aReader();
  reader.read(assistant('m1', { type: 'text', text: 'API Error' }, 'rate_limit'));
  reader.read(assistant('m2', { type: 'text', text: 'here I am' }));
  expect(reader.read(failure({})).end).toMatchObject({ status: 'failed' });
});

test.each([
  [{ status: 'rejected', resetsAt: 1_900_000_000 }, '2030-03-17T17:46:40.000Z'],
  [{ status: 'allowed_warning', resetsAt: 1_900_000_000 }, null],
  [{ status: 'rejected', resetsAt: 1e300 }, null],
  [{ status: 'rejected' }, null],
])('the limit %j is over at %s', (info, until) => {
  const reader = aReader();
  reader.read({ type: 'rate_limit_event', rate_limit_info: info });
  expect(reader.read(failure({ api_error_status: 429 })).end).toMatchObject({ until });
});

test('structured output that was asked for and is missing is a failure', () => {
  const reader = aReader({ structured: true });
  expect(reader.read(SUCCESS).end).toMatchObject({ status: 'failed' });
  const { end } = reader.read({ ...SUCCESS, structured_output: { n: 1 } });
  expect(end).toMatchObject({ status: 'completed', output: { n: 1 } });
});

test('a reason names no address inside the box', () => {
  const result =
    "API Error: 502 The model server https://m.example can't be reached. This is a server-side issue, usually temporary — try again in a moment. If it persists, check your inference gateway (127.0.0.1:8377).";
  expect(aReader().read(failure({ result })).end).toMatchObject({
    reason: "api_error: API Error: 502 The model server https://m.example can't be reached.",
  });
});

test('a reason steers no terminal and is short', () => {
  const { end } = aReader().read(failure({ result: `\u001b[31mred\u0007 ${'x'.repeat(5000)}` }));
  const reason = end !== null && 'reason' in end ? end.reason : '';
  expect(reason).toMatch(/^api_error: red x+…$/u);
  expect(reason.length).toBeLessThanOrEqual(1001);
});
