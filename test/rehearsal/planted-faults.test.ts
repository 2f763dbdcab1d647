import { AnthropicError, APIConnectionError, APIUserAbortError } from '@anthropic-ai/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { startRehearsalModel, type Played } from '../../src/rehearsal/model.ts';
import {
  always,
  dropped,
  overloaded,
  say,
  silent,
  type Scenario,
  type Script,
} from '../../src/rehearsal/script.ts';
import { clientFor, order, textOf } from './scripted-session.ts';

function item(key: string, script: Script): Scenario['items'][number] {
  return {
    key,
    title: key,
    description: key,
    priority: 3,
    dependencies: [],
    checks: [{ kind: 'file', path: `${key}.txt` }],
    ...script,
  };
}

const long = 'after the break '.repeat(50).trim();

const scenario: Scenario = {
  name: 'faults',
  idea: 'things that go wrong',
  plan: { summary: 'three', projectCheck: 'true' },
  roles: {},
  items: [
    item('STORM', always(overloaded(say('after the storm')))),
    item('BREAK', always(dropped(say(long)))),
    item('MUTE', { attempts: [{ steps: [silent()] }, { steps: [say('second try')] }] }),
  ],
};

const messages = order([{ role: 'user', content: 'build it' }]);

async function serve(heard: (entry: Played) => void) {
  const model = await startRehearsalModel({ scenario, clock: Date, log: heard });
  onTestFinished(() => model.close().catch(() => undefined));
  return {
    model,
    client: (key: string, attempt = 1) =>
      clientFor(model.url, { phase: 'implement', role: 'coder', item: key, attempt }),
  };
}

test('overloaded once, then the answer', async () => {
  const moves: string[] = [];
  const { client } = await serve((entry) => moves.push(entry.move));
  const ask = () => client('STORM').messages.create(messages);
  await expect(ask()).rejects.toMatchObject({ status: 529 });
  expect(textOf(await ask())).toBe('after the storm');
  expect(textOf(await ask())).toBe('after the storm');
  expect(moves).toEqual(['overloaded', 'answered', 'answered']);
});

test('a fault is met once by each attempt', async () => {
  const { client } = await serve(() => undefined);
  for (const attempt of [1, 2]) {
    const ask = () => client('STORM', attempt).messages.create(messages);
    await expect(ask()).rejects.toMatchObject({ status: 529 });
    expect(textOf(await ask())).toBe('after the storm');
  }
});

test('a stream that breaks off in the middle once, then the answer', async () => {
  const { client } = await serve(() => undefined);
  const events: string[] = [];
  const broken = client('BREAK')
    .messages.stream(messages)
    .on('streamEvent', (event) => events.push(event.type));
  await expect(broken.finalMessage()).rejects.toBeInstanceOf(AnthropicError);
  expect(events).toContain('message_start');
  expect(events).not.toContain('message_stop');
  expect(textOf(await client('BREAK').messages.stream(messages).finalMessage())).toBe(long);
});

test('without a stream the connection is gone before the answer', async () => {
  const { client } = await serve(() => undefined);
  const ask = () => client('BREAK').messages.create(messages);
  await expect(ask()).rejects.toBeInstanceOf(APIConnectionError);
  expect(textOf(await ask())).toBe(long);
});

test('silence until the caller gives up, as often as it asks; another attempt goes on', async () => {
  const waiting: ((entry: Played) => void)[] = [];
  const { client } = await serve((entry) => waiting.shift()?.(entry));
  for (const round of ['first', 'second']) {
    const taken = new Promise<Played>((resolve) => waiting.push(resolve));
    const stop = new AbortController();
    const asked = client('MUTE').messages.create(messages, { signal: stop.signal });
    asked.catch(() => undefined);
    expect({ round, move: (await taken).move }).toEqual({ round, move: 'silent' });
    stop.abort();
    await expect(asked).rejects.toBeInstanceOf(APIUserAbortError);
  }
  expect(textOf(await client('MUTE', 2).messages.create(messages))).toBe('second try');
});

test('closing ends requests that are never answered', async () => {
  const { promise: taken, resolve: heard } = Promise.withResolvers<Played>();
  const { client, model } = await serve(heard);
  const asked = client('MUTE').messages.create(messages);
  asked.catch(() => undefined);
  await taken;
  await model.close();
  await expect(asked).rejects.toBeInstanceOf(APIConnectionError);
});
