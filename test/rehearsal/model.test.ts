import type Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRehearsalModel, type RehearsalModel } from '../../src/rehearsal/model.ts';
import {
  always,
  answer,
  bash,
  edit,
  read,
  report,
  say,
  together,
  write,
  type Scenario,
} from '../../src/rehearsal/script.ts';
import { clientFor, order, reminderOf, textOf, type Who } from './scripted-session.ts';

const item = (key: string): Scenario['items'][number] => ({
  key,
  title: key,
  description: key,
  priority: 3,
  dependencies: [],
  checks: [{ kind: 'file', path: `${key}.txt` }],
  attempts: [],
});

const scenario: Scenario = {
  name: 'small',
  idea: 'something small',
  plan: {
    summary: 'one or two',
    projectCheck: 'true',
    spoil: (plan) => ({ ...plan, items: [] }),
  },
  roles: {
    'ideation/edge_cases': always(say('# Edge cases')),
    'testing/tester': always(answer({ summary: 'fine' })),
  },
  items: [
    {
      ...item('A'),
      attempts: [
        {
          steps: [
            together(say('Off we go.'), write('src/a.txt', 'one\n'), bash('ls')),
            together(read('src/a.txt'), edit('src/a.txt', 'one', 'two')),
            report('complete', 'There it is.'),
          ],
        },
      ],
    },
    {
      ...item('E'),
      attempts: [{ steps: [bash('date'), (ask) => say(ask.results[0]?.text ?? '')] }],
    },
  ],
};

const coder = (key: string, attempt = 1): Who => ({
  phase: 'implement',
  role: 'coder',
  item: key,
  attempt,
});

let model: RehearsalModel;

beforeAll(async () => {
  model = await startRehearsalModel({ scenario, clock: Date });
});

afterAll(() => model.close());

const prompt: Anthropic.MessageParam = {
  role: 'user',
  content: [
    { type: 'text', text: reminderOf('/work space') },
    { type: 'text', text: 'build it' },
  ],
};

const ask = (who: Who, ...messages: Anthropic.MessageParam[]) =>
  clientFor(model.url, who).messages.create(order([prompt, ...messages]));

const usesOf = (message: Anthropic.Message) =>
  message.content.filter((block) => block.type === 'tool_use');

const resultsFor = (message: Anthropic.Message, isError = false): Anthropic.MessageParam => ({
  role: 'user',
  content: usesOf(message).map((use) => ({
    type: 'tool_result',
    tool_use_id: use.id,
    content: isError ? '[Tool call interrupted: ...]' : 'ok',
    is_error: isError,
  })),
});

const said = (message: Anthropic.Message): Anthropic.MessageParam => ({
  role: 'assistant',
  content: message.content,
});

describe('the rehearsal model', () => {
  test('gives the same answer streaming and not', async () => {
    const client = clientFor(model.url, coder('A'));
    const whole = await client.messages.create(order([prompt]));
    const streamed = await client.messages.stream(order([prompt])).finalMessage();
    expect(usesOf(streamed).map(({ name, input }) => ({ name, input }))).toEqual([
      { name: 'Write', input: { file_path: '/work space/src/a.txt', content: 'one\n' } },
      { name: 'Bash', input: { command: 'ls' } },
    ]);
    expect(textOf(streamed)).toBe('Off we go.');
    expect(streamed.stop_reason).toBe('tool_use');
    expect(usesOf(whole).map((use) => use.input)).toEqual(usesOf(streamed).map((use) => use.input));
    expect(streamed.usage.input_tokens).toBeGreaterThan(50);
    expect(streamed.usage.output_tokens).toBeGreaterThan(10);
  });

  test('goes on with the answers given since the last prompt, whoever asks how often', async () => {
    const first = await ask(coder('A'));
    const second = await ask(coder('A'), said(first), resultsFor(first));
    const again = await ask(coder('A'), said(first), resultsFor(first));
    expect(again.content).toEqual(second.content);
    expect(usesOf(second).map((use) => use.name)).toEqual(['Read', 'Edit']);
    const third = await ask(
      coder('A'),
      said(first),
      resultsFor(first),
      said(second),
      resultsFor(second),
    );
    expect(usesOf(third)[0]?.input).toEqual({ kind: 'complete', text: 'There it is.' });
  });

  test('a resumed session plays its script from the beginning', async () => {
    const first = await ask(coder('A'));
    const cut = resultsFor(first, true);
    const resumed = await ask(
      coder('A'),
      said(first),
      cut,
      { role: 'assistant', content: 'No response requested.' },
      { role: 'user', content: 'Go on.' },
    );
    // The interrupted Write failed, but its results belong to an earlier prompt.
    expect(usesOf(resumed).map((use) => use.name)).toEqual(['Write', 'Bash']);
    expect(usesOf(resumed)[0]?.id).not.toBe(usesOf(first)[0]?.id);
  });

  test('a refused Write is mended by the shell and is no step of its own', async () => {
    const first = await ask(coder('A'));
    const mend = await ask(coder('A'), said(first), resultsFor(first, true));
    expect(usesOf(mend)[0]?.input).toEqual({
      command:
        "mkdir -p '/work space/src' && cat > '/work space/src/a.txt' <<'END_OF_FILE'\none\nEND_OF_FILE",
    });
    const second = await ask(
      coder('A'),
      said(first),
      resultsFor(first, true),
      said(mend),
      resultsFor(mend),
    );
    expect(usesOf(second).map((use) => use.name)).toEqual(['Read', 'Edit']);
  });

  test('what the command line adds to a conversation is no prompt', async () => {
    const first = await ask(coder('E'));
    const next = await ask(coder('E'), said(first), {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: usesOf(first)[0]?.id ?? '',
          content: 'Monday\n\n<system-reminder>\n9 tokens left\n</system-reminder>',
        },
        { type: 'text', text: '<system-reminder>Remember.</system-reminder>' },
      ],
    });
    expect(textOf(next)).toBe('Monday');
  });

  test('without a working directory files are touched by the shell', async () => {
    const client = clientFor(model.url, coder('A'));
    const message = await client.messages.create(order([{ role: 'user', content: 'build it' }]));
    expect(usesOf(message).map((use) => use.name)).toEqual(['Bash', 'Bash']);
  });

  test('the working directory is found in the system prompt too', async () => {
    const client = clientFor(model.url, coder('A'));
    const message = await client.messages.create({
      ...order([{ role: 'user', content: 'build it' }]),
      system: 'You are a coder.\nWorking directory: /elsewhere\n',
    });
    expect(usesOf(message)[0]?.input).toMatchObject({ file_path: '/elsewhere/src/a.txt' });
  });

  test('what a session has no tool for it says in words', async () => {
    const client = clientFor(model.url, { phase: 'testing', role: 'tester' });
    const message = await client.messages.create({ ...order([prompt]), tools: [] });
    expect(message.stop_reason).toBe('end_turn');
    expect(textOf(message)).toContain('"summary":"fine"');
  });

  test('a role is known with and without its phase before it', async () => {
    for (const role of ['edge_cases', 'ideation:edge_cases'])
      expect(textOf(await ask({ phase: 'ideation', role }))).toBe('# Edge cases');
  });

  test('who is not in the scenario gets a short text', async () => {
    for (const who of [coder('Z'), { phase: 'ideation', role: 'poet' }, { phase: '', role: '' }]) {
      const message = await ask(who);
      expect(message.stop_reason).toBe('end_turn');
      expect(textOf(message)).toContain('nothing in the scenario');
    }
  });

  test('a request to compact the conversation gets a summary', async () => {
    const message = await ask(coder('A'), {
      role: 'user',
      content: 'CRITICAL: Respond with TEXT ONLY. Do not call tools.',
    });
    expect(textOf(message)).toMatch(/<summary>.*<\/summary>/);
  });

  test('a spoiled plan is answered first, the right one after the refusal', async () => {
    const planner: Who = { phase: 'task_breakdown', role: 'planner' };
    const first = await ask(planner);
    expect(usesOf(first)[0]?.input).toMatchObject({ items: [] });
    const second = await ask(planner, said(first), resultsFor(first), {
      role: 'user',
      content: 'The plan has no work items.',
    });
    expect(usesOf(second)[0]?.input).toMatchObject({ project_check: 'true' });
    expect(JSON.stringify(usesOf(second)[0]?.input)).toContain('"key":"E"');
    const fresh = await ask({ ...planner, attempt: 2 });
    expect(usesOf(fresh)[0]?.input).toEqual(usesOf(second)[0]?.input);
  });

  test('tokens are counted', async () => {
    const { model: name, messages } = order([prompt]);
    const counted = await clientFor(model.url, coder('A')).messages.countTokens({
      model: name,
      messages,
    });
    expect(counted.input_tokens).toBeGreaterThan(20);
  });

  test('other paths and bodies are refused as the Messages API does', async () => {
    for (const [path, body, status, type] of [
      ['/v1/complete', '{}', 404, 'not_found_error'],
      ['/v1/messages?beta=true', '{', 400, 'invalid_request_error'],
      ['/v1/messages', '{"messages":[]}', 400, 'invalid_request_error'],
    ] as const) {
      const response = await fetch(`${model.url}${path}`, { method: 'POST', body });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ type: 'error', error: { type } });
    }
  });
});
