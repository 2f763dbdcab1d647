import { execFile } from 'node:child_process';
import { chmod, mkdtempDisposable, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PLAN_SCHEMA, readPlan } from '../../src/phases/plan-output.ts';
import { renderTasks } from '../../src/phases/tasks-document.ts';
import { startForeignModel } from '../support/foreign-model.ts';
import type { ForeignModel } from '../support/foreign-model.ts';

const Block = z.looseObject({ type: z.string() });
const Message = z.object({ content: z.tuple([Block]), stop_reason: z.string() });
type Block = z.infer<typeof Block>;

const reading = [tool('Read'), tool('Grep')];
const writing = [...reading, tool('Write'), tool('Bash')];
const kinds = { type: 'string', enum: ['note', 'blocked', 'complete'] };
const report = tool('mcp__harness__report', {
  type: 'object',
  properties: { kind: kinds, text: { type: 'string' } },
  required: ['kind', 'text'],
});

function tool(name: string, schema: object = { type: 'object' }): object {
  return { name, input_schema: schema };
}

async function ask(model: ForeignModel, body: object): Promise<Block> {
  const response = await fetch(`${model.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: JSON.stringify({ model: 'any', max_tokens: 1000, ...body }),
  });
  expect(response.status).toBe(200);
  return Message.parse(await response.json()).content[0];
}

/** Plays the agent: does what the model asks for in this folder, until it only talks; returns what was done. */
async function work(model: ForeignModel, folder: string, prompt: string): Promise<string[]> {
  const system = `You work alone.\nWorking directory: ${folder}`;
  const messages: object[] = [{ role: 'user', content: prompt }];
  const done: string[] = [];
  for (;;) {
    const block = await ask(model, { system, tools: [...writing, report], messages });
    if (block.type === 'text') return done;
    const failed = await act(block, folder);
    done.push(`${String(block['name'])}${failed ? ' failed' : ''}`);
    const result = { type: 'tool_result', tool_use_id: block['id'], is_error: failed, content: '' };
    messages.push({ role: 'assistant', content: [block] }, { role: 'user', content: [result] });
  }
}

const Input = z.object({
  file_path: z.string().optional(),
  content: z.string().optional(),
  command: z.string().optional(),
});

async function act({ name, input }: Block, folder: string): Promise<boolean> {
  const { file_path, content, command } = Input.parse(input);
  if (name === 'Write' && file_path !== undefined) await writeFile(file_path, content ?? '');
  return name === 'Bash' && !(await succeeds(command ?? '', folder));
}

async function succeeds(command: string, cwd: string): Promise<boolean> {
  const [program = '', ...args] = command.split(' ');
  if (program === 'chmod') return chmod(join(cwd, args[1] ?? ''), 0o755).then(() => true);
  const run = promisify(execFile)(process.execPath, args, { cwd, env: {} });
  return run.then(
    () => program === 'node',
    () => false,
  );
}

async function aPlan(model: ForeignModel): Promise<ReturnType<typeof readPlan>> {
  const answer = await ask(model, {
    tools: [...reading, tool('StructuredOutput', PLAN_SCHEMA)],
    messages: [{ role: 'user', content: 'Break it down.' }],
  });
  expect(answer).toMatchObject({ type: 'tool_use', name: 'StructuredOutput' });
  return readPlan(answer['input']);
}

test('it plans two independent items and one that needs both', async () => {
  await using model = await startForeignModel();
  const read = await aPlan(model);
  expect(
    read.ok && read.plan.items.map(({ key, dependencies }) => ({ key, dependencies })),
  ).toEqual([
    { key: 'ALPHA-1', dependencies: [] },
    { key: 'BETA-1', dependencies: [] },
    { key: 'GAMMA-1', dependencies: ['ALPHA-1', 'BETA-1'] },
  ]);
  expect(read.ok && read.plan.projectCheck).toBe('node --test');
});

/** A dozen processes of Node: more than the usual five seconds on a busy machine. */
const timeout = 30_000;

test('its items are red before and green after they are built', { timeout }, async () => {
  await using model = await startForeignModel();
  await using folder = await mkdtempDisposable(join(tmpdir(), 'foreign-'));
  const read = await aPlan(model);
  if (!read.ok) throw new Error(read.faults.join(' '));
  const scaffold = await work(model, folder.path, `Scaffold this:\n${renderTasks(read.plan)}`);
  expect(scaffold).toEqual([...Array(4).fill('Write'), 'Bash', 'Bash', 'mcp__harness__report']);
  expect((await stat(join(folder.path, 'init.sh'))).mode & 0o111).not.toBe(0);
  for (const { key, title, description, checks, dependencies } of read.plan.items) {
    const command = checks[0]?.kind === 'command' ? checks[0].run : '';
    expect(await succeeds(command, folder.path)).toBe(false);
    const prompt = `Work item ${key}: ${title}\n\n${description}\n\nNeeds: ${dependencies.join()}`;
    const steps = await work(model, folder.path, prompt);
    expect(steps).toEqual(['Write', 'Write', 'Bash', 'mcp__harness__report']);
  }
  expect(await succeeds(read.plan.projectCheck, folder.path)).toBe(true);
  const guesses = new Set(model.requests.map(({ guess }) => guess));
  expect([...guesses]).toEqual(['plan', 'scaffold', 'item ALPHA-1', 'item BETA-1', 'item GAMMA-1']);
});

test('without tools that write it answers a document, and records what it was offered', async () => {
  await using model = await startForeignModel();
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Think about ALPHA-1.' }] }];
  const answer = await ask(model, { tools: reading, messages });
  expect(answer).toMatchObject({ type: 'text', text: expect.stringMatching(/^# /u) });
  expect(model.requests).toMatchObject([
    { guess: 'document', tools: ['Read', 'Grep'], streamed: false, model: 'any' },
  ]);
});

test('a form that it does not know is filled with the least that its schema allows', async () => {
  await using model = await startForeignModel();
  const finding = z.object({ severity: z.enum(['high', 'low']), title: z.string() });
  const schema = z.object({
    summary: z.string().min(1),
    findings: z.array(finding).min(1),
    checks: z.array(z.string()),
    count: z.number().int().min(3),
    either: z.union([z.literal('x'), z.number()]),
  });
  const form = tool('StructuredOutput', z.toJSONSchema(schema, { target: 'draft-7' }));
  const messages = [{ role: 'user', content: 'Report.' }];
  const answer = await ask(model, { tools: [form, ...writing], messages });
  expect(schema.parse(answer['input'])).toMatchObject({ checks: [], count: 3, either: 'x' });
});

test('it streams the same answer', async () => {
  await using model = await startForeignModel();
  const response = await fetch(`${model.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({
      model: 'any',
      stream: true,
      messages: [{ role: 'user', content: 'x' }],
    }),
  });
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(text).toContain('"type":"message_stop"');
  expect(text).toContain('# Weather words');
});

test('what is no model call is refused', async () => {
  await using model = await startForeignModel();
  expect((await fetch(`${model.url}/v1/models`)).status).toBe(404);
  const bad = await fetch(`${model.url}/v1/messages`, { method: 'POST', body: 'no' });
  expect(bad.status).toBe(400);
});
