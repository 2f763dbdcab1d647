import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { query } from '@anthropic-ai/claude-agent-sdk';
import { createClaudeAgent } from '../src/adapters/agents/claude/claude-agent.ts';
import { describeCheck } from '../src/domain/check.ts';
import { reportTool } from '../src/engine/attempt/report-tool.ts';
import { PACKAGE } from '../src/package-folder.ts';
import { rolePrompt, systemPrompt } from '../src/phases/role-prompt.ts';
import { templatesIn } from '../src/prompts/find.ts';
import type { BoxServer, WireEnd } from '../src/sessions/agent.ts';
import { rightsOf } from '../src/sessions/roles.ts';
import { say, startMessagesServer } from '../test/support/messages-server.ts';
import { anItem } from '../test/support/a-run.ts';
import { withTrackerTools } from './tracker-tools.ts';

/** The door of a server in the box is a program for the Node of this process. */
const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
const CODER = { phase: 'implement', role: 'coder' } as const;
const ITEM = anItem();
/** What every loop would have to say, too. */
const ITEM_TEXT = [ITEM.title, ITEM.description, ...ITEM.checks.map(describeCheck)].join('');

/** What the template of a coder does not ask for, or what a first try does not have. */
const UNSAID = {
  idea: '',
  requirements: '',
  architecture: '',
  tasks: '',
  projectCheck: '',
  contributions: [],
  feedback: '',
  dependencies: [],
};

interface Scene {
  readonly url: string;
  readonly workspace: string;
  readonly configDir: string;
  readonly model: string;
}

/** What a coding session gets beside the usual. */
export interface Extras {
  readonly boxServers?: readonly BoxServer[];
  /** Demo mode: its prompt, and the tools of its tracker. */
  readonly demo?: boolean;
}

/** Bytes of the first request of a coding session as the harness starts it, the item's own text left out. */
export function harnessFirstRequest(model: string, extras: Extras = {}): Promise<number> {
  return measured(model, async (scene) => {
    const plain = { baseUrl: scene.url, servers: [] };
    await (extras.demo === true
      ? withTrackerTools(scene.url, (wire) => talk(scene, wire, extras))
      : talk(scene, plain, extras));
    return Buffer.byteLength(ITEM_TEXT);
  });
}

const DEMO = {
  issues: 50,
  team: null,
  names: new Map<string, string>(),
  earlier: [],
  regressions: '',
};

async function talk(
  { workspace, configDir, model }: Scene,
  wire: Pick<WireEnd, 'baseUrl' | 'servers'>,
  { boxServers = [], demo = false }: Extras,
): Promise<void> {
  const find = templatesIn([join(PACKAGE, 'prompts')]);
  const agent = createClaudeAgent({ path: PATH, judges: [] });
  const facts = { ...CODER, ...UNSAID, item: ITEM, demo: demo ? DEMO : null };
  const session = agent.run(
    {
      sessionId: randomUUID(),
      prompt: await rolePrompt(find, facts),
      systemPrompt: await systemPrompt(find, true),
      model,
      tools: rightsOf(CODER).tools,
      hostTools: [
        reportTool({
          subject: { ...CODER, attempt: 'a', item: ITEM.key },
          record: () => Promise.resolve(),
          redact: (text) => text,
        }),
      ],
      boxServers,
      workspace,
      configDir,
      wire: { token: 'bench', kind: 'api_key', env: {}, ...wire },
      spawn: ({ command, args, cwd, env, signal }) =>
        spawn(command, args, { cwd, env: { ...env }, signal, stdio: 'pipe' }),
      outputSchema: null,
    },
    new AbortController().signal,
  );
  await toItsEnd(session);
}

/** The same of the bare SDK: trimmed options, the same tools, a sentence to each side. */
export function bareFirstRequest(model: string): Promise<number> {
  return measured(model, async ({ url, workspace, configDir }) => {
    const prompt = 'Build it.';
    const messages = query({
      prompt,
      options: {
        ...bareOptions(model),
        cwd: workspace,
        env: { ...bareEnvironment(configDir), ANTHROPIC_BASE_URL: url },
      },
    });
    await toItsEnd(messages);
    return Buffer.byteLength(prompt);
  });
}

/** What a careful user would set. */
export function bareOptions(model: string): NonNullable<Parameters<typeof query>[0]['options']> {
  return {
    model,
    systemPrompt: 'You are a senior software engineer.',
    tools: [...rightsOf(CODER).tools],
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    settingSources: [],
    strictMcpConfig: true,
  };
}

export function bareEnvironment(configDir: string): Record<string, string> {
  return {
    PATH,
    HOME: configDir,
    CLAUDE_CONFIG_DIR: configDir,
    ANTHROPIC_API_KEY: 'bench',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    IS_SANDBOX: '1',
  };
}

/** `play` gives the bytes that don't count. */
async function measured(model: string, play: (scene: Scene) => Promise<number>): Promise<number> {
  const root = await mkdtemp(join(tmpdir(), 'first-'));
  await using server = await startMessagesServer(() => ({ content: [say('Done.')] }));
  try {
    const [workspace, configDir] = [join(root, 'workspace'), join(root, 'config')];
    for (const folder of [workspace, configDir]) await mkdir(folder);
    const text = await play({ url: server.url, workspace, configDir, model });
    return (server.asks[0]?.bytes ?? Number.NaN) - text;
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function toItsEnd(messages: AsyncIterable<unknown>): Promise<void> {
  const all = messages[Symbol.asyncIterator]();
  while ((await all.next()).done !== true);
}
