import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claudeExecutable } from './adapters/agents/claude/executable.ts';
import { createClaudeAgent } from './adapters/agents/claude/claude-agent.ts';
import { withMigrationLock } from './adapters/store/migrate.ts';
import { newId, PACKAGE, type App } from './open-app.ts';
import { deployByCommand } from './delivery/deploy-by-command.ts';
import { HarnessError, messageOf } from './domain/errors.ts';
import type { PhaseName } from './domain/phase.ts';
import { openWorkshop } from './engine/attempt/open-workshop.ts';
import type { WorkshopDeps } from './engine/attempt/deps.ts';
import { engine } from './engine/deps.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { startEngine } from './engine/start.ts';
import { createGateway } from './gateway/gateway.ts';
import type { Gateway, Upstream } from './gateway/wire.ts';
import { architecture } from './phases/architecture.ts';
import { deploy } from './phases/deploy.ts';
import { ideation } from './phases/ideation.ts';
import { implement } from './phases/implement.ts';
import { initialize } from './phases/initialize.ts';
import type { Phase } from './phases/phase.ts';
import { taskBreakdown } from './phases/task-breakdown.ts';
import { testing } from './phases/testing.ts';
import { templatesIn } from './prompts/find.ts';
import type { Box } from './safety/box.ts';
import { openBox } from './safety/open-box.ts';
import { probeBox } from './safety/probe-box.ts';
import { redactorOf } from './safety/redact.ts';
import { findToolchains, type Toolchains } from './safety/toolchains.ts';
import { baseBranchOf } from './workspaces/base-branch.ts';
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
  stop(): Promise<void>;
}

/** Makes this process a worker of the App's database, with agents, boxes and a gateway of its own. */
export async function openHost(app: App, order: HostOrder): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'hx-'));
  const gateway = openGateway(app, order);
  const stopParts = async (): Promise<void> => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const seal = await chooseBox(app, order, folder);
    const workshop = openWorkshop(await workshopDeps(app, { folder, gateway, ...seal }));
    const started = await startEngine(await engineDeps(app, order, workshop));
    return {
      unsealed: seal.unsealed,
      async stop() {
        await started.stop();
        await stopParts();
      },
    };
  } catch (error) {
    await stopParts();
    throw error;
  }
}

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

function openGateway({ store }: App, { upstream }: HostOrder): Gateway {
  return createGateway({
    upstream,
    ledger: {
      spentUsd: async (runId) => (await store.usage.total(runId)).costUsd,
      add: (entry) => store.usage.add(entry),
    },
    record: ({ projectId, runId }, event) => store.events.append(projectId, runId, [event]),
    clock,
    newId,
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
  readonly folder: string;
  readonly gateway: Gateway;
}

async function workshopDeps(app: App, parts: Parts): Promise<WorkshopDeps> {
  const { config, store, log } = app;
  const projects = join(config.home, 'projects');
  const secrets = Object.entries(config.boxSecrets).map(([name, value]) => [name, value.reveal()]);
  const redact = redactorOf(knownSecrets(app));
  return {
    store,
    agent: createClaudeAgent({ path: '/usr/local/bin:/usr/bin:/bin', readable: [] }),
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
    }),
    packageWire: () => null,
    boxSecrets: Object.fromEntries(secrets),
    clock,
    newId,
    log,
    redact,
    owner: () => engine().executorId,
    stepped: (attemptId) => engine().running.stepped(attemptId),
    lost: () => engine().lease.aborted,
    paths: {
      configOf: (projectId, attemptId) => join(projects, projectId, 'sessions', attemptId),
      transcriptOf: (project, sessionId) =>
        join(project.directory, '.harness', 'transcripts', `${sessionId}.jsonl`),
      socketOf: (attemptId) => join(parts.folder, attemptId.slice(0, 13)),
      gateOf: (projectId, name) => join(projects, projectId, 'gates', name),
    },
    agentFolders: claudeExecutable().folders,
    protectedPaths: config.security.protectedPaths,
    deployment: async ({ run, project, directory, commit }) =>
      run.settings.deploy === null
        ? { status: 'failed', detail: 'no deploy.command is configured' }
        : deployByCommand({
            settings: run.settings.deploy,
            directory,
            projectDirectory: project.directory,
            commit,
            env: { PATH: app.path, HOME: app.homeFolder },
            redact,
          }),
    branchOf: (project) => baseBranchOf(config.home, project.id),
  };
}

async function madeFolder(...parts: readonly string[]): Promise<string> {
  const folder = join(...parts);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Everything that must never be read in a text of ours. */
function knownSecrets({ config, server }: App): readonly string[] {
  const password = URL.canParse(server.url) ? decodeURIComponent(new URL(server.url).password) : '';
  return [
    config.credential?.value.reveal() ?? '',
    config.linear.apiKey?.reveal() ?? '',
    config.apiToken?.reveal() ?? '',
    password,
    ...Object.values(config.boxSecrets).map((secret) => secret.reveal()),
  ];
}

async function engineDeps(
  app: App,
  order: HostOrder,
  workshop: Parameters<typeof startEngine>[0]['workshop'],
): Promise<Parameters<typeof startEngine>[0]> {
  const identity = await readHostIdentity(newId);
  const { server, store, log } = app;
  return {
    store,
    workshop,
    databaseUrl: server.url,
    migrationLock: (body) => withMigrationLock(server.url, () => body()),
    newIdentity: () => identity.newIdentity(order.label),
    deadHere: (workers) => identity.deadHere(workers),
    mendDatabase: async () => {
      try {
        await server.ensure();
      } catch (error) {
        log(`database: ${messageOf(error)}`);
      }
    },
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
