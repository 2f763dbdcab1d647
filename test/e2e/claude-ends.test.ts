import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RefusedCall } from '../../src/sessions/agent.ts';
import { runSession } from '../../src/sessions/run-session.ts';
import { USUAL, aRig, processesWith, until } from '../support/claude-rig.ts';
import { apiError, call, inTurn, say } from '../support/messages-server.ts';

const answerSchema = { ...z.toJSONSchema(z.object({ n: z.number() }), { target: 'draft-7' }) };

describe('structured output', () => {
  test('it is handed on as data, corrected by the schema', async () => {
    await using rig = await aRig(
      USUAL,
      inTurn(
        { content: [call('StructuredOutput', { n: 'three' })] },
        { content: [call('StructuredOutput', { n: 3 })] },
        { content: [say('done')] },
      ),
    );
    const { end } = await rig.run(rig.order({ tools: [], outputSchema: answerSchema }));
    expect(end).toMatchObject({ status: 'completed', output: { n: 3 } });
  });

  test('a session that never gives it has failed', async () => {
    await using rig = await aRig(USUAL, inTurn({ content: [say('no')] }));
    const { end } = await rig.run(rig.order({ tools: [], outputSchema: answerSchema }));
    expect(end.status).toBe('failed');
  });
});

describe('ends', () => {
  test('a refused key ends the session at once, not after minutes of retries', async () => {
    let askedAt = 0;
    await using rig = await aRig(USUAL, () => {
      askedAt ||= performance.now();
      return apiError(401, 'authentication_error');
    });
    const { end } = await rig.run(rig.order());
    expect(end.status).toBe('refused');
    expect(performance.now() - askedAt).toBeLessThan(5000);
  });

  test('a forbidden call is a refusal', async () => {
    await using rig = await aRig(USUAL, inTurn(apiError(403, 'permission_error')));
    expect((await rig.run(rig.order())).end.status).toBe('refused');
  });

  test('a long limit ends the session as limited', async () => {
    await using rig = await aRig(
      USUAL,
      inTurn(apiError(429, 'rate_limit_error', { 'retry-after': '3600' })),
    );
    const { end } = await rig.run(rig.order());
    expect(end).toMatchObject({ status: 'limited', until: null });
    expect(rig.server.asks).toHaveLength(1);
  });

  test('a subscription tells until when', async () => {
    await using rig = await aRig(
      USUAL,
      inTurn(
        apiError(429, 'rate_limit_error', {
          'retry-after': '3600',
          'anthropic-ratelimit-unified-status': 'rejected',
          'anthropic-ratelimit-unified-reset': '1900000000',
          'anthropic-ratelimit-unified-representative-claim': 'five_hour',
        }),
      ),
    );
    const order = rig.order();
    const { end } = await rig.run({ ...order, wire: { ...order.wire, kind: 'oauth' } });
    expect(end).toMatchObject({ status: 'limited', until: '2030-03-17T17:46:40.000Z' });
  });

  test('a connection that breaks off is tried again', async () => {
    await using rig = await aRig(
      USUAL,
      inTurn({ fault: 'drop_mid_stream' }, { content: [say('after all')] }),
    );
    const { events, end } = await rig.run(rig.order());
    expect(events.some(({ type }) => type === 'retry')).toBe(true);
    expect(end).toMatchObject({ status: 'completed', text: 'after all' });
  });

  test('an abort while a model call hangs ends within two seconds', async () => {
    const stop = new AbortController();
    const asked = Promise.withResolvers<void>();
    await using rig = await aRig(USUAL, () => {
      asked.resolve();
      return { fault: 'hang' };
    });
    const running = rig.run(rig.order(), { signal: stop.signal });
    await asked.promise;
    const began = performance.now();
    stop.abort();
    expect((await running).end).toEqual({ status: 'aborted' });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('a process that dies at once tells why in its last words, the token left out', async () => {
    await using rig = await aRig('unsealed', inTurn({ content: [say('never')] }));
    const order = rig.order();
    const { end } = await rig.run({
      ...order,
      spawn: (request) =>
        order.spawn({
          ...request,
          command: '/bin/sh',
          args: ['-c', 'printf "\\033[31mno room; $ANTHROPIC_API_KEY" >&2; exit 7'],
        }),
    });
    expect(end).toMatchObject({ status: 'failed' });
    expect('reason' in end && end.reason).toMatch(/code 7.*no room; \[token\]$/su);
  });

  test.each([
    ['a program that is missing', '/no/such/program'],
    ['a box that cannot be opened', null],
  ])('%s is a failed session', async (_what, command) => {
    await using rig = await aRig('unsealed', inTurn({ content: [say('never')] }));
    const order = rig.order();
    const { end } = await rig.run({
      ...order,
      spawn(request) {
        if (command === null) throw new Error('no box today');
        return order.spawn({ ...request, command });
      },
    });
    expect(end).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/ENOENT|no box today/u),
    });
  });

  test('who stops listening ends the process', async () => {
    await using rig = await aRig(USUAL, inTurn({ fault: 'hang' }));
    const order = rig.order();
    const left = new Error('not listening any more');
    await expect(
      rig.run(order, {
        onEvent() {
          throw left;
        },
      }),
    ).rejects.toBe(left);
    await until(() => processesWith(order.sessionId).length === 0);
  });
});

test('R-154 a session that asks for the same refused command three times is ended, and says by which rule', async () => {
  await using rig = await aRig(USUAL, ({ turn }) => ({
    content: [call('Bash', { command: 'hugo build', description: `try ${turn}` })],
  }));
  const refused: RefusedCall[] = [];
  const outcome = await runSession(
    {
      agent: { run: (order, signal) => rig.stream(order, signal) },
      clock: { monotonic: () => performance.now() },
      transcript: { write: (event) => Promise.resolve(event) },
    },
    {
      ...rig.order(),
      onRefused: (one) => refused.push(one),
      limits: { wallMs: 60_000, stallMs: 60_000 },
    },
    new AbortController().signal,
  );
  expect(outcome).toEqual({
    status: 'denied',
    reason: expect.stringMatching(
      /^Bash `hugo build` was refused 3 times: Bash policy, command: `hugo` .*security\.extra_commands\.$/u,
    ),
  });
  expect(refused).toHaveLength(3);
  expect(rig.server.asks.length).toBeLessThanOrEqual(4);
});
