import { projectMark, type DemoSettings, type TrackerProject } from '../domain/demo.ts';
import type { Run } from '../domain/run.ts';
import type { McpOrder, OwnServer } from '../gateway/mcp/door.ts';
import { connectMcp, type McpServer, type McpUpstream } from '../gateway/mcp/upstream.ts';
import { HarnessError, messageOf } from '../domain/errors.ts';
import { credentialsIn } from '../safety/credentials-in.ts';
import type { RunStore } from '../work/run-store.ts';
import type { ItemName, WorkTracker } from '../work/tracker.ts';
import { thereIn, type AlreadyThere } from './already-there.ts';
import type { Board } from './board.ts';
import { guarded, type Guard } from './guarded.ts';
import { issuesMeant } from './issues-meant.ts';
import { localIssues } from './local-issues.ts';
import { TRACKER_SERVER } from '../gateway/mcp/name-taken.ts';

export interface DemoTrackerDeps {
  readonly store: Pick<RunStore, 'runs'>;
  readonly trackerOf: (run: Run) => Promise<WorkTracker>;
  readonly newId: () => string;
  /** The project in Linear that a run made and did not live to note. */
  readonly madeProject: (run: Run) => Promise<TrackerProject | undefined>;
  /** Id of the team in Linear that the configuration names, or of the only one. Throws as the tracker does. */
  readonly teamOf: (run: Run) => Promise<string>;
  /** Linear's own MCP server with the operator's key; null: there is no key. */
  readonly linear: McpServer | null;
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
      const secrets = Object.values(deps.linear?.headers ?? {}).flatMap(credentialsIn);
      return [{ name: TRACKER_SERVER, secrets, connect }];
    },
    async boardOf(run) {
      const project = run.settings.demo?.project ?? null;
      if (project === null) return undefined;
      const tracker = await deps.trackerOf(run);
      await tracker.adopt();
      return { project, issues: await tracker.list() };
    },
  };
}

interface Sitting {
  readonly run: Run;
  readonly order: McpOrder;
}

async function openServer(deps: DemoTrackerDeps, sitting: Sitting): Promise<McpUpstream> {
  const { run, order } = sitting;
  const server = await (run.settings.demo?.tracker === 'linear'
    ? connectLinear(deps)
    : serveLocally(deps, sitting));
  const inLinear = run.settings.demo?.tracker === 'linear';
  const guard: Guard = {
    rights: order.subject.role === 'initializer' ? 'make' : 'work',
    project: () => projectOf(deps, run),
    keep: (made) => keep(deps, run, made),
    team: async () => (inLinear ? deps.teamOf(run) : null),
    mark: inLinear ? projectMark(run.id) : null,
    there: thereOf(deps, run),
    meant: (said) => meant(deps, run, said),
  };
  return guarded(server, guard);
}

/** As the harness sees the run's project, whatever its agents were told. */
function thereOf(deps: DemoTrackerDeps, run: Run): AlreadyThere {
  const ours = async (): Promise<WorkTracker> => {
    const tracker = await deps.trackerOf((await deps.store.runs.get(run.id)) ?? run);
    await tracker.adopt();
    return tracker;
  };
  return {
    project: async () =>
      run.settings.demo?.tracker === 'linear' ? deps.madeProject(run) : undefined,
    ...thereIn(ours),
  };
}

/** The message says what a person can look at, as `connectMcp` can't know it. */
async function connectLinear({ linear }: DemoTrackerDeps): Promise<McpUpstream> {
  if (linear === null)
    throw new HarnessError('MCP_UNAVAILABLE', 'LINEAR_API_KEY is not set; export it', { exit: 4 });
  try {
    return await connectMcp(linear);
  } catch (error) {
    throw new HarnessError(
      'MCP_UNAVAILABLE',
      `${messageOf(error).replace(/ Check its address.*$/su, '')} Check LINEAR_API_KEY and LINEAR_MCP_URL (${linear.url}).`,
      { cause: error },
    );
  }
}

async function serveLocally(deps: DemoTrackerDeps, { run, order }: Sitting): Promise<McpUpstream> {
  const { role, item } = order.subject;
  return localIssues({
    tracker: await deps.trackerOf(run),
    project: () => projectOf(deps, run),
    projectId: `local-${run.id.slice(0, 8)}`,
    author: item === null ? role : `${role} of ${item}`,
    newId: deps.newId,
  });
}

/** Before there is a project there is nothing of the run's. */
async function meant(
  deps: DemoTrackerDeps,
  { id }: Run,
  said: readonly string[],
): Promise<ReadonlyMap<string, ItemName>> {
  if (said.length === 0) return new Map();
  const run = await deps.store.runs.get(id);
  if (run?.settings.demo?.project == null) return new Map();
  return issuesMeant(await deps.trackerOf(run), said);
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

/** The project's id, and its team's, are where the tracker of the harness looks from now on. */
async function keep(deps: DemoTrackerDeps, run: Run, project: TrackerProject): Promise<void> {
  const { runs } = deps.store;
  const { settings } = (await runs.get(run.id)) ?? run;
  const { demo, backend } = settings;
  if (demo === undefined) return;
  const linear = { linearProject: project.id, linearTeam: project.teamId || backend.linearTeam };
  await runs.amend(run.id, {
    demo: { ...demo, project },
    ...(demo.tracker === 'linear' ? { backend: { ...backend, ...linear } } : {}),
  });
}
