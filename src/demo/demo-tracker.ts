import type { DemoSettings, TrackerProject } from '../domain/demo.ts';
import type { Run } from '../domain/run.ts';
import type { McpOrder, OwnServer } from '../gateway/mcp/door.ts';
import type { McpUpstream } from '../gateway/mcp/upstream.ts';
import type { RunStore } from '../work/run-store.ts';
import type { WorkTracker } from '../work/tracker.ts';
import type { Board } from './board.ts';
import { guarded, type Guard } from './guarded.ts';
import { localIssues } from './local-issues.ts';

/** What agents call the tracker's server, whichever it is: its tools have Linear's names. */
export const TRACKER_SERVER = 'linear';

export interface DemoTrackerDeps {
  readonly store: Pick<RunStore, 'runs'>;
  readonly trackerOf: (run: Run) => Promise<WorkTracker>;
  readonly newId: () => string;
}

/** The tracker of demo mode: as its sessions see it, and as the harness does. */
export interface DemoTracker {
  /** Its MCP server for a session; none where the run is no demo. */
  servers(order: McpOrder): Promise<readonly OwnServer[]>;
  boardOf(run: Run): Promise<Board | undefined>;
}

export function createDemoTracker(deps: DemoTrackerDeps): DemoTracker {
  return {
    async servers(order) {
      const run = await deps.store.runs.get(order.runId);
      const demo = run?.settings.demo;
      if (run === undefined || demo === undefined) return [];
      const connect = (): Promise<McpUpstream> => openServer(deps, { run, order });
      return [{ name: TRACKER_SERVER, secrets: [], connect }];
    },
    async boardOf(run) {
      const project = run.settings.demo?.project ?? null;
      if (project === null) return undefined;
      const tracker = await deps.trackerOf(run);
      return { project, issues: await tracker.list() };
    },
  };
}

interface Sitting {
  readonly run: Run;
  readonly order: McpOrder;
}

async function openServer(deps: DemoTrackerDeps, { run, order }: Sitting): Promise<McpUpstream> {
  const tracker = await deps.trackerOf(run);
  const { role, item } = order.subject;
  const project = (): Promise<TrackerProject | null> => projectOf(deps, run);
  const server = localIssues({
    tracker,
    project,
    projectId: `local-${run.id.slice(0, 8)}`,
    author: item === null ? role : `${role} of ${item}`,
    newId: deps.newId,
  });
  const guard: Guard = {
    rights: role === 'initializer' ? 'make' : 'work',
    project,
    keep: (made) => keep(deps, run, made),
    async holds(issue) {
      return (await tracker.list()).some(({ key }) => key === issue);
    },
  };
  return guarded(server, guard);
}

async function demoOf(
  { store }: DemoTrackerDeps,
  { id, settings }: Run,
): Promise<DemoSettings | undefined> {
  return ((await store.runs.get(id))?.settings ?? settings).demo;
}

/** As it is now: the session itself may have made it. */
async function projectOf(deps: DemoTrackerDeps, run: Run): Promise<TrackerProject | null> {
  return (await demoOf(deps, run))?.project ?? null;
}

async function keep(deps: DemoTrackerDeps, run: Run, project: TrackerProject): Promise<void> {
  const demo = await demoOf(deps, run);
  if (demo !== undefined) await deps.store.runs.amend(run.id, { demo: { ...demo, project } });
}
