import type { Options } from '@anthropic-ai/claude-agent-sdk';
import type { SessionOrder, ToolJudge } from '../../../sessions/agent.ts';
import { toolHooks } from './hooks.ts';

/** In-process server whose tools the harness answers itself. */
export const HOST_SERVER = 'tracker';

/** Tool that the CLI adds when an output schema is asked for. */
const OUTPUT_TOOL = 'StructuredOutput';

/** Features that send, store or add words unasked; each is switched off by its own variable. */
const DISABLED = [
  'NONESSENTIAL_TRAFFIC',
  'BACKGROUND_TASKS',
  'BUNDLED_SKILLS',
  'AUTO_MEMORY',
  'CRON',
  'WORKFLOWS',
  'GIT_INSTRUCTIONS',
];

/** What the agent needs from the outside beyond an order. */
export interface ClaudeDeps {
  /** PATH inside the box. */
  readonly path: string;
  /** Each may refuse any tool call: the file fence, the command policy. */
  readonly judges: readonly ToolJudge[];
}

/** Every tool name that may appear in this session, as the model sees it. */
export function toolNames(order: SessionOrder): readonly string[] {
  return [
    ...order.tools,
    ...order.hostTools.map((tool) => `mcp__${HOST_SERVER}__${tool.name}`),
    ...[...order.wire.servers, ...order.boxServers].flatMap(({ name, tools }) =>
      tools.map((tool) => `mcp__${name}__${tool}`),
    ),
    ...(order.outputSchema === null ? [] : [OUTPUT_TOOL]),
  ];
}

/** Names of the servers that must be connected before anything counts. */
export function serverNames(order: SessionOrder): readonly string[] {
  const own = order.hostTools.length === 0 ? [] : [HOST_SERVER];
  return [...own, ...[...order.wire.servers, ...order.boxServers].map(({ name }) => name)];
}

/** The servers that the CLI starts; what they are and may do is settled by the door each is behind. */
export function startedServers({ boxServers }: SessionOrder): NonNullable<Options['mcpServers']> {
  return Object.fromEntries(
    boxServers.map(({ name, command: [command = '', ...args] }) => [
      name,
      { type: 'stdio' as const, command, args, alwaysLoad: true, timeout: CALL_MS },
    ]),
  );
}

/** Of one call: a page that never loads takes half a minute. */
const CALL_MS = 240_000;

/** The operator's servers, which the session reaches by its wire and under its token only. */
export function wireServers({ wire }: SessionOrder): NonNullable<Options['mcpServers']> {
  const { baseUrl, token, servers } = wire;
  return Object.fromEntries(
    servers.map(({ name }) => [
      name,
      {
        type: 'http' as const,
        url: `${baseUrl}/mcp/${name}`,
        headers: { 'x-api-key': token },
        alwaysLoad: true,
      },
    ]),
  );
}

/** The process's whole environment: the SDK puts it in place of ours. */
function environmentOf(deps: ClaudeDeps, order: SessionOrder): Record<string, string> {
  const credential = order.wire.kind === 'oauth' ? 'CLAUDE_CODE_OAUTH_TOKEN' : 'ANTHROPIC_API_KEY';
  return {
    PATH: deps.path,
    HOME: '/home/agent',
    LANG: 'C.UTF-8',
    // The CLI prefers zsh where it finds one; the policy reads as bash does.
    SHELL: '/bin/bash',
    CLAUDE_CONFIG_DIR: order.configDir,
    ANTHROPIC_BASE_URL: order.wire.baseUrl,
    [credential]: order.wire.token,
    CLAUDE_CODE_MAX_RETRIES: '4',
    API_TIMEOUT_MS: '600000',
    BASH_DEFAULT_TIMEOUT_MS: '120000',
    BASH_MAX_TIMEOUT_MS: '600000',
    IS_SANDBOX: '1',
    ...order.wire.env,
    ...Object.fromEntries(DISABLED.map((name) => [`CLAUDE_CODE_DISABLE_${name}`, '1'])),
  };
}

/**
 * All that decides what the session may do. Nothing is read from the workspace, which an agent can
 * write, and nothing is left to a default that a later version may change.
 */
export function fixedOptions(deps: ClaudeDeps, order: SessionOrder): Options {
  return {
    cwd: order.workspace,
    model: order.model,
    systemPrompt: order.systemPrompt,
    tools: [...order.tools],
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    permissionPrompts: 'none',
    settingSources: [],
    settings: { attribution: { commit: '', pr: '' } },
    strictMcpConfig: true,
    skills: [],
    verbatimPrompts: true,
    mcpServersDelivery: 'initialize',
    env: environmentOf(deps, order),
    hooks: {
      PreToolUse: toolHooks({
        tools: new Set(toolNames(order)),
        judges: deps.judges,
        session: order,
      }),
    },
    ...(order.outputSchema === null
      ? {}
      : { outputFormat: { type: 'json_schema', schema: { ...order.outputSchema } } }),
  };
}
