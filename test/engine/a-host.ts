import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Pool } from 'pg';
import { createScriptedAgent } from '../../src/adapters/agents/scripted.ts';
import { connectionPool } from '../../src/adapters/store/connect.ts';
import { withMigrationLock } from '../../src/adapters/store/migrate.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { databaseIsAway, steadily } from '../../src/adapters/store/steadily.ts';
import { openPostgresTracker } from '../../src/adapters/trackers/postgres.ts';
import { deployByCommand } from '../../src/delivery/deploy-by-command.ts';
import type { Project, Run } from '../../src/domain/run.ts';
import type { WorkshopDeps } from '../../src/engine/attempt/deps.ts';
import { openWorkshop } from '../../src/engine/attempt/open-workshop.ts';
import { createTrains } from '../../src/engine/attempt/train.ts';
import { openEngineClient, type EngineClient } from '../../src/engine/client.ts';
import { engine, type EngineDeps } from '../../src/engine/deps.ts';
import { readHostIdentity } from '../../src/engine/host-identity.ts';
import { NO_TOOLS } from '../../src/gateway/mcp/box-servers.ts';
import { openPins } from '../../src/gateway/mcp/pins.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { architecture } from '../../src/phases/architecture.ts';
import { deploy } from '../../src/phases/deploy.ts';
import { ideation } from '../../src/phases/ideation.ts';
import { implement } from '../../src/phases/implement.ts';
import { initialize } from '../../src/phases/initialize.ts';
import { taskBreakdown } from '../../src/phases/task-breakdown.ts';
import { testing } from '../../src/phases/testing.ts';
import { templatesIn } from '../../src/prompts/find.ts';
import { openBox } from '../../src/safety/open-box.ts';
import { findToolchains } from '../../src/safety/toolchains.ts';
import type { RunStore } from '../../src/work/run-store.ts';
import { openEnvironments } from '../../src/workspaces/environment/open-environments.ts';
import { openHub, type Hub } from '../../src/workspaces/hub.ts';
import { testDatabase } from '../support/database.ts';
import { USUAL_PATH } from '../support/harness-cli.ts';
import { git, makeRepository } from '../workspaces/a-project.ts';
import type { Playing } from './plays.ts';
import { memoryLedger } from '../support/memory-ledger.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const PHASES = {
  ideation,
  architecture,
  task_breakdown: taskBreakdown,
  initialize,
  implement,
  testing,
  deploy,
};

/** All that a worker is made of but its engine: real store, git and box, and agents that play. */
export interface TestHost extends AsyncDisposable {
  readonly store: RunStore;
  readonly pool: Pool;
  readonly client: EngineClient;
  readonly engineDeps: EngineDeps;
  readonly workshopDeps: WorkshopDeps;
  hubOf(project: Pick<Project, 'id'>): Promise<Hub>;
  /** What was logged. */
  readonly lines: string[];
  /** A new project with a repository of its own, whose sessions play this. */
  project(play: Playing): Promise<string>;
}

interface Parts {
  readonly root: string;
  readonly url: string;
  readonly store: RunStore;
  readonly pool: Pool;
  readonly plays: Map<string, Playing>;
  readonly lines: string[];
}

/** The engine is one to a process: start it with `engineDeps` in one test file at a time. */
export async function aHost(changes: Partial<WorkshopDeps> = {}): Promise<TestHost> {
  const stack = new AsyncDisposableStack();
  const root = realpathSync(await mkdtemp(join(tmpdir(), 'harness-engine-')));
  stack.defer(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const { url } = stack.use(await testDatabase());
  const pool = connectionPool(url, { applicationName: 'harness-test', max: 20 });
  stack.defer(() => pool.end());
  const store = openStore({ pool });
  stack.defer(() => store.close());
  const parts = { root, url, store, pool, plays: new Map(), lines: [] };
  const workshop = { ...(await workshopDeps(parts, stack)), ...changes };
  const client = await openEngineClient({ databaseUrl: url, pool, log: () => undefined });
  stack.defer(() => client.destroy());
  return {
    store,
    pool,
    client,
    lines: parts.lines,
    engineDeps: await engineDeps(parts, workshop),
    workshopDeps: workshop,
    hubOf: ({ id }) => hubIn(root, id),
    project: (play) => makeProject(parts, play),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function hubIn(root: string, projectId: string): Promise<Hub> {
  return openHub({ home: join(root, 'home'), projectId, git });
}

async function makeProject({ root, store, plays }: Parts, play: Playing): Promise<string> {
  const directory = join(root, `shop-${randomUUID()}`);
  mkdirSync(directory);
  makeRepository(directory, { 'README.md': '# Shop\n' });
  const { id } = await store.projects.ensure({ directory, name: 'shop' });
  const hub = await hubIn(root, id);
  await hub.receive(directory, 'main');
  plays.set(id, play);
  return id;
}

async function workshopDeps(parts: Parts, stack: AsyncDisposableStack): Promise<WorkshopDeps> {
  const { root, store, lines } = parts;
  const gateway = createGateway({
    upstream: { baseUrl: 'http://127.0.0.1:9', credential: null },
    ledger: memoryLedger(),
    record: () => undefined,
    egress: {
      hosts: [],
      registries: { npm: null, scopes: {}, pypi: null },
      resolve: async () => [],
    },
    mcp: { servers: [], pins: openPins(root) },
    providerTools: [],
    clock,
    newId: randomUUID,
  });
  stack.defer(() => gateway.close());
  const node = process.execPath;
  const toolchains = await findToolchains({ path: USUAL_PATH, home: root, node });
  const settings = { folder: join(root, 'box'), toolchains, read: [], path: USUAL_PATH };
  mkdirSync(settings.folder);
  const box = await openBox({ ...settings, driver: 'none', home: root, now: clock.monotonic });
  const projects = join(root, 'home', 'projects');
  return {
    store,
    agent: createScriptedAgent((order) => played(parts, order)),
    gateway,
    box,
    hubOf: ({ id }) => hubIn(root, id),
    templatesOf: () => templatesIn([join(import.meta.dirname, '../../prompts')]),
    environments: openEnvironments({
      box,
      folder: root,
      toolchains,
      newId: randomUUID,
      maker: 'test',
      now: () => clock.now(),
    }),
    packages: null,
    furtherTools: [],
    sessionTools: async () => NO_TOOLS,
    boxSecrets: {},
    trains: createTrains({ width: 2, patienceMs: 1000 }),
    clock,
    newId: randomUUID,
    log: (line) => lines.push(line),
    redact: (text) => text,
    owner: () => engine().executorId,
    stepped: (attemptId) => engine().running.stepped(attemptId),
    agentGone: (attemptId) => engine().running.agentGone(attemptId),
    steadily: (body) => steadily(body, async () => undefined),
    paths: {
      configOf: (projectId, attemptId) => join(projects, projectId, 'sessions', attemptId),
      evidenceOf: (_, name) => join(root, 'evidence', name),
      transcriptOf: (_, sessionId) => join(root, `${sessionId}.jsonl`),
      socketOf: (attemptId) => join(root, attemptId.slice(0, 13)),
      gateOf: (projectId, name) => join(projects, projectId, 'gates', name),
    },
    agentFolders: [],
    protectedPaths: [],
    trackerOf: async (run) => openPostgresTracker({ pool: parts.pool, projectId: run.projectId }),
    boardOf: async () => undefined,
    sessionPolicy: { profile: 'standard', extraCommands: [], protectedPaths: [], mcpServers: [] },
    deployment: ({ run, project, directory, commit, signal }) => {
      const { deploy: how } = run.settings;
      if (how === null) throw new Error('nothing is deployed here');
      const env = { PATH: USUAL_PATH };
      const where = { directory, projectDirectory: project.directory, commit, env };
      return deployByCommand({ ...where, settings: how, signal, redact: (text) => text });
    },
    branchOf: async () => 'main',
    shortage: async () => null,
  };
}

async function* played(
  { store, plays }: Parts,
  order: Parameters<Playing>[0]['order'],
): ReturnType<Playing> {
  const attempt = await store.attempts.get(basename(order.configDir));
  const play = plays.get(attempt?.projectId ?? '');
  if (attempt === undefined || play === undefined) throw new Error('nobody knows this play');
  yield* play({ attempt, order });
}

async function engineDeps(
  { store, pool, url, lines }: Parts,
  workshop: WorkshopDeps,
): Promise<EngineDeps> {
  const identity = await readHostIdentity(randomUUID);
  return {
    store,
    workshop: openWorkshop(workshop),
    databaseUrl: url,
    pool,
    migrationLock: (body) => withMigrationLock(url, () => body()),
    newIdentity: () => ({ ...identity.newIdentity(''), labels: [] }),
    shortage: async () => null,
    deadHere: (workers) => identity.deadHere(workers),
    mendDatabase: async () => undefined,
    databaseIsAway,
    steadily: (body) => steadily(body, async () => undefined),
    leaseMs: 30_000,
    clock,
    newId: randomUUID,
    log: (line) => lines.push(line),
    phases: PHASES,
    trackerOf: async (run: Run) => openPostgresTracker({ pool, projectId: run.projectId }),
    label: '',
    labels: [],
    capacity: 8,
  };
}
