import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createScriptedAgent } from '../../src/adapters/agents/scripted.ts';
import type { Play, Step } from '../../src/adapters/agents/scripted.ts';
import { runSession } from '../../src/sessions/run-session.ts';
import type { SessionOutcome, WatchedOrder } from '../../src/sessions/run-session.ts';
import type { Agent, SessionEvent } from '../../src/sessions/agent.ts';
import { anOrder } from '../support/an-order.ts';

const clock = { monotonic: () => performance.now() };
const NEVER = new AbortController().signal;
const LONG = { wallMs: 60_000, stallMs: 60_000 };

interface Try {
  readonly order?: Partial<WatchedOrder>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SessionEvent) => void;
}

async function attempt(
  agent: Agent,
  { order = {}, signal = NEVER, onEvent = () => undefined }: Try = {},
): Promise<{ outcome: SessionOutcome; events: SessionEvent[] }> {
  const events: SessionEvent[] = [];
  const transcript = {
    write(event: SessionEvent): Promise<SessionEvent> {
      events.push(event);
      return Promise.resolve(event);
    },
  };
  const outcome = await runSession(
    { agent, clock, transcript, onEvent },
    { ...anOrder(), limits: LONG, ...order },
    signal,
  );
  return { outcome, events };
}

const doing =
  (...steps: Step[]): Play =>
  () =>
    steps;

test('a session that ends hands on its end, and every event is in the transcript', async () => {
  const agent = createScriptedAgent(
    doing(
      { do: 'say', text: 'reading' },
      { do: 'tool', name: 'Bash', input: { command: 'ls' } },
      { do: 'end', end: { status: 'completed', text: 'done', output: null } },
    ),
  );
  const { outcome, events } = await attempt(agent);
  expect(outcome).toEqual({ status: 'completed', text: 'done', output: null });
  expect(events.map(({ type }) => type)).toEqual([
    'started',
    'text',
    'tool_started',
    'tool_ended',
    'ended',
  ]);
});

test('a scripted tool may write into the workspace', async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'session-'));
  try {
    const agent = createScriptedAgent(
      doing({
        do: 'tool',
        name: 'Write',
        work: async (order) => {
          await writeFile(join(order.workspace, 'a.txt'), 'x');
          return 'written';
        },
      }),
    );
    await attempt(agent, { order: { workspace } });
    expect(await readFile(join(workspace, 'a.txt'), 'utf8')).toBe('x');
  } finally {
    await rm(workspace, { recursive: true });
  }
});

test('silence of agent and gateway is a stall, told with what it last did', async () => {
  const agent = createScriptedAgent(doing({ do: 'say', text: 'thinking' }, { do: 'hang' }));
  const { outcome, events } = await attempt(agent, {
    order: { limits: { ...LONG, stallMs: 30 } },
  });
  expect(outcome).toEqual({
    status: 'stalled',
    reason: 'No sign of life for 30 ms; last: said "thinking"',
  });
  expect(events.at(-1)).toEqual({ type: 'ended', end: { status: 'aborted' } });
});

test('bytes of the gateway are a sign of life', async () => {
  const began = clock.monotonic();
  const agent = createScriptedAgent(doing({ do: 'hang' }));
  const { outcome } = await attempt(agent, {
    order: {
      limits: { ...LONG, stallMs: 40 },
      lastByteAt: () => Math.min(clock.monotonic(), began + 120),
    },
  });
  expect(outcome.status).toBe('stalled');
  expect(clock.monotonic() - began).toBeGreaterThanOrEqual(155);
});

test('an agent whose program is slow to start is no stall', async () => {
  const slow: Agent = {
    async *run(_order, signal) {
      await delay(60);
      const end = { status: 'completed', text: 'done', output: null } as const;
      yield { type: 'ended', end: signal.aborted ? { status: 'aborted' } : end };
    },
  };
  const { outcome } = await attempt(slow, { order: { limits: { ...LONG, stallMs: 20 } } });
  expect(outcome.status).toBe('completed');
});

test('a running tool is no stall, the silence after it is', async () => {
  const tool = Promise.withResolvers<string>();
  const seen: string[] = [];
  const agent = createScriptedAgent(
    doing({ do: 'tool', name: 'Bash', work: () => tool.promise }, { do: 'hang' }),
  );
  setTimeout(() => tool.resolve('built'), 150);
  const { outcome } = await attempt(agent, {
    order: { limits: { ...LONG, stallMs: 30 } },
    onEvent: ({ type }) => void seen.push(type),
  });
  expect(seen).toContain('tool_ended');
  expect(outcome).toEqual({
    status: 'stalled',
    reason: 'No sign of life for 30 ms; last: began Bash {}; Bash finished',
  });
});

test('the wall clock bounds a running tool', async () => {
  const agent = createScriptedAgent(
    doing({ do: 'tool', name: 'Bash', input: { command: 'sleep' }, work: never }),
  );
  const { outcome } = await attempt(agent, { order: { limits: { wallMs: 60, stallMs: 20 } } });
  expect(outcome).toEqual({
    status: 'timed_out',
    reason: 'It ran for 60 ms; last: began Bash {"command":"sleep"}',
  });
});

test('an end in the very last moment counts, not the limit', async () => {
  const agent: Agent = {
    async *run(_order, signal) {
      yield { type: 'started', model: 'any', resumed: false };
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      yield { type: 'ended', end: { status: 'completed', text: 'just so', output: null } };
    },
  };
  const { outcome } = await attempt(agent, { order: { limits: { ...LONG, stallMs: 10 } } });
  expect(outcome.status).toBe('completed');
});

test('an abort ends the session as aborted', async () => {
  const stop = new AbortController();
  const { outcome } = await attempt(createScriptedAgent(doing({ do: 'hang' })), {
    signal: stop.signal,
    onEvent: () => stop.abort(),
  });
  expect(outcome).toEqual({ status: 'aborted' });
});

test('a session that is stopped before it begins does nothing', async () => {
  const { outcome, events } = await attempt(
    createScriptedAgent(doing({ do: 'say', text: 'never' })),
    { signal: AbortSignal.abort() },
  );
  expect(outcome).toEqual({ status: 'aborted' });
  expect(events.map(({ type }) => type)).not.toContain('text');
});

test('a stream without an end is a failure', async () => {
  const agent: Agent = {
    async *run() {
      yield { type: 'alive' };
    },
  };
  const { outcome } = await attempt(agent);
  expect(outcome.status).toBe('failed');
});

test('a transcript that cannot be written ends the session with its error', async () => {
  let stopped = false;
  const agent: Agent = {
    async *run() {
      try {
        yield { type: 'alive' };
        yield { type: 'alive' };
      } finally {
        stopped = true;
      }
    },
  };
  const transcript = { write: () => Promise.reject(new Error('disk full')) };
  await expect(
    runSession({ agent, clock, transcript }, { ...anOrder(), limits: LONG }, NEVER),
  ).rejects.toThrow('disk full');
  expect(stopped).toBe(true);
});

test('what an agent throws against its promise is not swallowed', async () => {
  const agent = createScriptedAgent(doing({ do: 'throw', error: new Error('broken') }));
  await expect(attempt(agent)).rejects.toThrow('broken');
});

async function never(): Promise<string> {
  return new Promise(() => undefined);
}
