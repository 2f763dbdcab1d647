import { createSdkMcpServer, query, tool } from '@anthropic-ai/claude-agent-sdk';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as forward } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startRehearsalModel, type Played } from '../../src/rehearsal/model.ts';
import { readingList } from '../../src/rehearsal/scenarios/reading-list.ts';
import { headersOf, type Who } from '../rehearsal/scripted-session.ts';
import { serveHttp } from '../support/loopback.ts';

/** Stands where the gateway is: adds the headers that say who asks. */
async function attributing(url: string, who: Who): Promise<string> {
  const server = await serveHttp((incoming, answer) => {
    const { method, headers } = incoming;
    const onward = { method, headers: { ...headers, ...headersOf(who) } };
    const outgoing = forward(`${url}${incoming.url}`, onward, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.on('error', () => answer.destroy());
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  onTestFinished(server.close);
  return server.url;
}

test.each(['claude-opus-5-5', 'claude-sonnet-4-5'])(
  'the real agent builds an item against the rehearsal model, through a broken stream (%s)',
  { timeout: 30_000 },
  async (model) => {
    const home = await mkdtemp(join(tmpdir(), 'rehearsal-cli-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const workspace = join(home, 'work space');
    await mkdir(join(workspace, 'src'), { recursive: true });
    await writeFile(join(workspace, 'src/link.js'), 'what another attempt left\n');
    const log: Played[] = [];
    const played = await startRehearsalModel({
      scenario: readingList(),
      clock: Date,
      log: (entry) => log.push(entry),
    });
    onTestFinished(() => played.close());
    const who: Who = { phase: 'implement', role: 'coder', item: 'LINK-1' };
    const reports: string[] = [];
    const shape = { kind: z.string(), text: z.string() };
    const report = tool('report', 'Tells the harness.', shape, async ({ kind }) => {
      reports.push(kind);
      return { content: [{ type: 'text', text: 'Noted.' }] };
    });
    const session = query({
      prompt: 'Work item LINK-1: build it.',
      options: {
        cwd: workspace,
        model,
        systemPrompt: 'You are a coder.',
        tools: ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'],
        permissionMode: 'bypassPermissions',
        allowDangerouslySkipPermissions: true,
        settingSources: [],
        strictMcpConfig: true,
        mcpServersDelivery: 'initialize',
        mcpServers: {
          tracker: createSdkMcpServer({ name: 'tracker', alwaysLoad: true, tools: [report] }),
        },
        skills: [],
        verbatimPrompts: true,
        env: {
          PATH: '/usr/local/bin:/usr/bin:/bin',
          HOME: home,
          CLAUDE_CONFIG_DIR: join(home, 'config'),
          ANTHROPIC_BASE_URL: await attributing(played.url, who),
          ANTHROPIC_API_KEY: 'x',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
          CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
          IS_SANDBOX: '1',
        },
      },
    });
    let result = '';
    for await (const message of session)
      if (message.type === 'result' && message.subtype === 'success') result = message.result;
    expect(result).toBe('Done.');
    expect(reports).toEqual(['complete']);
    const example = new URL('../../examples/reading-list/app/', import.meta.url);
    for (const path of ['src/link.js', 'test/link.test.js'])
      expect(await readFile(join(workspace, path), 'utf8')).toBe(
        await readFile(new URL(path, example), 'utf8'),
      );
    expect(log.map((entry) => entry.move)).toContain('dropped');
    expect(log.every((entry) => entry.ask.cwd === workspace)).toBe(true);
  },
);
