import { createClaudeAgent } from '../adapters/agents/claude/claude-agent.ts';
import { claudeExecutable } from '../adapters/agents/claude/executable.ts';
import { settingsMark } from '../adapters/agents/claude/settings-mark.ts';
import type { App } from '../open-app.ts';
import { proveDeny } from '../prove-deny.ts';
import { sessionFence } from '../safety/fence/session-fence.ts';
import { createPolicy } from '../safety/policy/extra-commands.ts';
import { sessionBash } from '../safety/session-bash.ts';
import type { Agent, ToolJudge } from '../sessions/agent.ts';
import type { Seal } from './choose-box.ts';
import type { HostOrder } from './order.ts';

/** Where programs are looked for in a box. */
const BOX_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The agent of all sessions here, with everything that may refuse its tool calls. */
export function openAgent(app: App, seal: Seal): Agent {
  return createClaudeAgent(agentDeps(app, seal));
}

/**
 * Proves that this agent's program stops where a tool call is refused; throws `DENY_UNPROVED` (exit 5).
 * A rehearsal's model is a script of ours, which does nothing that would have to be denied.
 */
export async function proveAgent(
  app: App,
  order: HostOrder,
  parts: Seal & { readonly folder: string },
): Promise<void> {
  if (order.unsealed === 'allowed') return;
  const deps = agentDeps(app, parts);
  await proveDeny({
    agent: createClaudeAgent(deps),
    mark: settingsMark(deps),
    box: parts.box,
    agentFolders: claudeExecutable().folders,
    home: app.config.home,
    folder: parts.folder,
  });
}

function agentDeps(app: App, seal: Seal): Parameters<typeof createClaudeAgent>[0] {
  return { path: BOX_PATH, judges: judgesOf(app, seal) };
}

/** Who may refuse a tool call before it happens. */
function judgesOf({ config }: App, { toolchains, box }: Seal): readonly ToolJudge[] {
  const { settings, security } = config;
  const readable = ['/usr', ...toolchains.mounts, ...settings.sandbox.read];
  const { protectedPaths } = security;
  const sealed = box.driver === 'bwrap';
  return [
    sessionFence({ sealed, readable, protectedPaths }),
    sessionBash({ policy: createPolicy(security), sealed, readable, protectedPaths }),
  ];
}
