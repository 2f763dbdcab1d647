import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claudeExecutable } from './adapters/agents/claude/executable.ts';
import { createClaudeAgent } from './adapters/agents/claude/claude-agent.ts';
import { settingsMark } from './adapters/agents/claude/settings-mark.ts';
import { withMigrationLock } from './adapters/store/migrate.ts';
import { databaseIsAway } from './adapters/store/steadily.ts';
import { knownSecrets, mcpServersOf } from './known-secrets.ts';
import { newId, PACKAGE, type App } from './open-app.ts';
import { deployByCommand } from './delivery/deploy-by-command.ts';
import { HarnessError } from './domain/errors.ts';
import type { PhaseName } from './domain/phase.ts';
import { openWorkshop } from './engine/attempt/open-workshop.ts';
import { createTurns } from './engine/attempt/turn.ts';
import type { Deployment, WorkshopDeps, WorkshopPaths } from './engine/attempt/deps.ts';
import { engine, type EngineDeps } from './engine/deps.ts';
import { readHostIdentity, type HostIdentity } from './engine/host-identity.ts';
import { startEngine } from './engine/start.ts';
import { resolveOnHost } from './gateway/egress/destination.ts';
import { openPins } from './gateway/mcp/pins.ts';
import { createGateway } from './gateway/gateway.ts';
import { createPackages, type Packages } from './gateway/packages.ts';
import type { Gateway, Upstream } from './gateway/wire.ts';
import { architecture } from './phases/architecture.ts';
import { deploy } from './phases/deploy.ts';
import { ideation } from './phases/ideation.ts';
import { implement } from './phases/implement.ts';
import { initialize } from './phases/initialize.ts';
import type { Phase } from './phases/phase.ts';
import { taskBreakdown } from './phases/task-breakdown.ts';
import { testing } from './phases/testing.ts';
import { proveDeny } from './prove-deny.ts';
import { sweepOldEnvironments } from './old-environments.ts';
import { templatesIn } from './prompts/find.ts';
import type { Box } from './safety/box.ts';
import { sessionBash } from './safety/session-bash.ts';
import { sessionFence } from './safety/fence/session-fence.ts';
import { openBox } from './safety/open-box.ts';
import { createPolicy } from './safety/policy/extra-commands.ts';
import { probeBox } from './safety/probe-box.ts';
import { redactorOf, type Redact } from './safety/redact.ts';
import { findToolchains, type Toolchains } from './safety/toolchains.ts';
import type { ToolJudge } from './sessions/agent.ts';
import { baseBranchOf } from './workspaces/base-branch.ts';
import { ROOM_TO_GO_ON, shortageOf } from './workspaces/room.ts';
import { openEnvironments } from './workspaces/environment/open-environments.ts';

const PHASES: Readonly<Record<PhaseName, Phase>> = {
  ideation,
  architecture,
  task_breakdown: taskBreakdown,
  initialize,
  implement,
  testing,
  deploy,
};

/** Lease of a worker: how long its work waits at most when it dies without a word. */
const LEASE_MS = 30_000;

/** Far above a quick gate; a slow one must not hold the others. */
const TURN_PATIENCE_MS = 20_000;

export interface HostOrder {
  readonly label: string;
  readonly upstream: Upstream;
  /** `explicit`: a person chose to work without a box; `allowed`: only if there is none. */
  readonly unsealed: 'never' | 'allowed' | 'explicit';
  /** Attempts at once in this process. */
  readonly capacity: number;
  readonly leaseMs?: number;
}

export interface Host {
  /** Why nothing is sealed here; null: everything is. */
  readonly unsealed: string | null;
  /** Rejects with `HOSTING_LOST` (exit 75) once nothing is hosted here any more. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

/** Makes this process a worker of the App's database, with agents, boxes and a gateway of its own. */
export async function openHost(app: App, order: HostOrder): Promise<Host> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'hx-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const gateway = openGateway(app, order);
  opening.defer(() => gateway.close());
  const seal = await chooseBox(app, order, folder);
  await proveAgent(app, order, { ...seal, folder });
  const packages = opening.use(openPackages(app, { folder, box: seal.box }));
  const identity = await readHostIdentity(newId);
  const parts = { folder, gateway, packages, identity, ...seal };
  const workshop = openWorkshop(await workshopDeps(app, parts));
  const started = await startEngine(engineDeps(app, order, { workshop, identity }));
  void sweepOldEnvironments(app, identity);
  const opened = opening.move();
  return {
    unsealed: seal.unsealed,
    lost: started.lost,
    async stop() {
      await started.stop();
      await opened.disposeAsync();
    },
  };
}

/** A rehearsal's model is a script of ours, which does nothing that would have to be denied. */
async function proveAgent(
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

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

function openGateway({ store, config }: App, { upstream }: HostOrder): Gateway {
  return createGateway({
    upstream,
    ledger: {
      spentUsd: async (runId) => (await store.usage.total(runId)).costUsd,
      add: (entry) => store.usage.add(entry),
    },
    record: ({ projectId, runId }, event) => store.events.append(projectId, runId, [event]),
    egress: { hosts: config.egress, registries: config.registries, resolve: resolveOnHost },
    mcp: { servers: mcpServersOf(config), pins: openPins(join(config.home, 'mcp')) },
    clock,
    newId,
  });
}

function openPackages(
  { config, log }: App,
  { folder, box }: { readonly folder: string; readonly box: Box },
): Packages {
  return createPackages({
    registries: config.registries,
    credentials: config.registries.credentials.map(({ start, header }) => ({
      start,
      header: header.reveal(),
    })),
    folder,
    sealed: box.driver === 'bwrap',
    asked: (host) => log(`packages: asked ${host}`),
  });
}

interface Seal {
  readonly box: Box;
  readonly toolchains: Toolchains;
  readonly unsealed: string | null;
}

/** The sealed box, or what was chosen instead; no box and no choice: no session. */
async function chooseBox(app: App, order: HostOrder, folder: string): Promise<Seal> {
  const { path, homeFolder: home, config } = app;
  const toolchains = await findToolchains({ path, home, node: process.execPath });
  const settings = { folder, toolchains, read: config.settings.sandbox.read, path, home };
  const open = (driver: Box['driver']): Promise<Box> =>
    openBox({ ...settings, driver, now: clock.monotonic });
  if (order.unsealed === 'explicit')
    return { box: await open('none'), toolchains, unsealed: 'sandbox.driver is none' };
  const verdict = await probeBox({ ...settings, root: process.getuid?.() === 0 });
  if (verdict.usable) return { box: await open('bwrap'), toolchains, unsealed: null };
  const { part, reason, remedy } = verdict;
  if (order.unsealed === 'allowed')
    return { box: await open('none'), toolchains, unsealed: `${part}: ${reason}` };
  throw new HarnessError(
    'SANDBOX_UNAVAILABLE',
    `No sealed box on this machine (${part}: ${reason}), and real agents never work without one. Mend it: ${remedy}`,
    { exit: 5 },
  );
}

interface Parts extends Seal {
  readonly identity: HostIdentity;
  readonly folder: string;
  readonly gateway: Gateway;
  readonly packages: Packages;
}

async function workshopDeps(app: App, parts: Parts): Promise<WorkshopDeps> {
  const { config, store, log } = app;
  const redact = redactorOf(knownSecrets(app));
  return {
    store,
    agent: createClaudeAgent(agentDeps(app, parts)),
    gateway: parts.gateway,
    box: parts.box,
    hubOf: (project) => app.hubOf(project),
    templatesOf: (project) =>
      templatesIn([join(project.directory, 'prompts'), join(PACKAGE, 'prompts')]),
    environments: openEnvironments({
      box: parts.box,
      folder: await madeFolder(config.home, 'environments'),
      toolchains: parts.toolchains,
      newId,
      maker: parts.identity.maker,
      now: () => clock.now(),
    }),
    packageWire: () => parts.packages.wire(),
    boxSecrets: boxSecretsOf(app),
    turns: createTurns(TURN_PATIENCE_MS),
    clock,
    newId,
    log: (line) => log(redact(line)),
    redact,
    owner: () => engine().executorId,
    stepped: (attemptId) => engine().running.stepped(attemptId),
    steadily: (body) => app.steadily(body),
    shortage: ({ directory }) => shortageIn(app, directory),
    paths: pathsIn(config.home, parts.folder),
    agentFolders: claudeExecutable().folders,
    protectedPaths: config.security.protectedPaths,
    deployment: deploymentBy(app, redact),
    branchOf: (project) => baseBranchOf(config.home, project.id),
  };
}

const BOX_PATH = '/usr/local/bin:/usr/bin:/bin';

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

function pathsIn(home: string, folder: string): WorkshopPaths {
  const projects = join(home, 'projects');
  return {
    configOf: (projectId, attemptId) => join(projects, projectId, 'sessions', attemptId),
    transcriptOf: (project, sessionId) =>
      join(project.directory, '.harness', 'transcripts', `${sessionId}.jsonl`),
    socketOf: (attemptId) => join(folder, attemptId.slice(0, 13)),
    gateOf: (projectId, name) => join(projects, projectId, 'gates', name),
  };
}

function deploymentBy({ path, homeFolder }: App, redact: Redact): Deployment {
  return async ({ run, project, directory, commit, signal }) =>
    run.settings.deploy === null
      ? { status: 'failed', detail: 'no deploy.command is configured' }
      : deployByCommand({
          settings: run.settings.deploy,
          directory,
          projectDirectory: project.directory,
          commit,
          signal,
          env: { PATH: path, HOME: homeFolder },
          redact,
        });
}

function boxSecretsOf({ config }: App): Readonly<Record<string, string>> {
  const secrets = Object.entries(config.boxSecrets);
  return Object.fromEntries(secrets.map(([name, value]) => [name, value.reveal()]));
}

async function madeFolder(...parts: readonly string[]): Promise<string> {
  const folder = join(...parts);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function shortageIn({ config }: App, project: string | null): Promise<string | null> {
  return shortageOf({ home: config.home, project }, ROOM_TO_GO_ON);
}

function engineDeps(
  app: App,
  order: HostOrder,
  { workshop, identity }: Pick<EngineDeps, 'workshop'> & Pick<Parts, 'identity'>,
): EngineDeps {
  const { server, store, pool, log } = app;
  return {
    store,
    workshop,
    databaseUrl: server.url,
    pool,
    migrationLock: (body) => withMigrationLock(server.url, () => body()),
    newIdentity: () => identity.newIdentity(order.label),
    deadHere: (workers) => identity.deadHere(workers),
    mendDatabase: () => app.mend(),
    databaseIsAway,
    steadily: (body) => app.steadily(body),
    shortage: async ({ projectId }) =>
      shortageIn(app, (await store.projects.get(projectId))?.directory ?? null),
    leaseMs: order.leaseMs ?? LEASE_MS,
    clock,
    newId,
    log,
    phases: PHASES,
    trackerOf: (run) => app.trackerOf(run),
    label: order.label,
    capacity: order.capacity,
  };
}
