import { createDemoTracker, type DemoTracker } from '../demo/demo-tracker.ts';
import type { SessionPolicy } from '../demo/project-files.ts';
import { TRACKER_SERVER } from '../gateway/mcp/name-taken.ts';
import type { McpServer } from '../gateway/mcp/upstream.ts';
import { linearTeamOf, madeProject } from '../connect-linear.ts';
import { newId, type App } from '../open-app.ts';

/** The tracker of runs of demo mode: as their sessions see it, and as the harness does. */
export function openDemoTracker(app: App): DemoTracker {
  const { store } = app;
  return createDemoTracker({
    store,
    trackerOf: (run) => app.trackerOf(run),
    newId,
    madeProject: (run) => madeProject(app.config, run),
    teamOf: (run) => linearTeamOf(app.config, run),
    linear: linearServerOf(app),
  });
}

/** Which of its tools sessions may use is decided for each session. */
function linearServerOf({ config: { linear } }: App): McpServer | null {
  if (linear.apiKey === null) return null;
  return {
    name: TRACKER_SERVER,
    url: linear.mcpUrl,
    headers: { Authorization: `Bearer ${linear.apiKey.reveal()}` },
    tools: [],
    phases: [],
  };
}

/** What the operator lets sessions of demo mode do, as it is written down for the reader. */
export function sessionPolicyOf({ config: { security, mcp } }: App): SessionPolicy {
  return {
    profile: security.profile,
    extraCommands: security.extraCommands.map(({ name }) => name),
    protectedPaths: security.protectedPaths,
    mcpServers: [TRACKER_SERVER, ...mcp.map(({ name }) => name)],
  };
}
