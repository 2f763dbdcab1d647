import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { claudeExecutable } from '../adapters/agents/claude/executable.ts';
import { deployByCommand } from '../delivery/deploy-by-command.ts';
import type { DemoTracker } from '../demo/demo-tracker.ts';
import type { Deployment, WorkshopDeps, WorkshopPaths } from '../engine/attempt/deps.ts';
import { createTrains } from '../engine/attempt/train.ts';
import { engine } from '../engine/deps.ts';
import type { HostIdentity } from '../engine/host-identity.ts';
import type { Packages } from '../gateway/packages.ts';
import type { Gateway } from '../gateway/wire.ts';
import { knownSecrets } from '../known-secrets.ts';
import { newId, PACKAGE, type App } from '../open-app.ts';
import { templatesIn } from '../prompts/find.ts';
import type { Browser } from '../safety/find-browser.ts';
import { redactorOf, type Redact } from '../safety/redact.ts';
import { baseBranchOf } from '../workspaces/base-branch.ts';
import { openEnvironments } from '../workspaces/environment/open-environments.ts';
import { sessionPolicyOf } from './demo.ts';
import { openAgent } from './agent.ts';
import type { Seal } from './choose-box.ts';
import { clock } from './clock.ts';
import { shortageIn } from './shortage.ts';
import { sessionTools } from './tools.ts';

/** Far above a quick gate; a slow one must not hold the others. */
const TRAIN_PATIENCE_MS = 20_000;

/** What the agent's program asks the provider for when it searches the web. */
const WEB_SEARCH = { type: 'web_search_20250305', tool: 'WebSearch' };

/** What this host opened for its attempts. */
export interface Parts extends Seal {
  readonly identity: HostIdentity;
  /** Short, for sockets; gone with the host. */
  readonly folder: string;
  readonly gateway: Gateway;
  readonly packages: Packages;
  /** Null: there is none here. */
  readonly browser: Browser | null;
  readonly demo: DemoTracker;
}

/** Everything that attempts are carried out with here. */
export async function workshopDeps(app: App, parts: Parts): Promise<WorkshopDeps> {
  const { config, store, log } = app;
  const redact = redactorOf(knownSecrets(app));
  const environments = openEnvironments({
    box: parts.box,
    folder: await madeFolder(config.home, 'environments'),
    toolchains: parts.toolchains,
    newId,
    maker: parts.identity.maker,
    now: () => clock.now(),
  });
  const secrets = boxSecretsOf(app);
  return {
    store,
    agent: openAgent(app, parts),
    gateway: parts.gateway,
    box: parts.box,
    hubOf: (project) => app.hubOf(project),
    templatesOf: (project) =>
      templatesIn([join(project.directory, 'prompts'), join(PACKAGE, 'prompts')]),
    environments,
    packages: parts.packages,
    furtherTools: config.providerTools.includes(WEB_SEARCH.type) ? [WEB_SEARCH.tool] : [],
    sessionTools: sessionTools(config, { ...parts, environments, secrets }),
    boxSecrets: secrets,
    trains: createTrains({ width: availableParallelism(), patienceMs: TRAIN_PATIENCE_MS }),
    clock,
    newId,
    log: (line) => log(redact(line)),
    redact,
    owner: () => engine().executorId,
    trackerOf: (run) => app.trackerOf(run),
    boardOf: (run) => parts.demo.boardOf(run),
    sessionPolicy: sessionPolicyOf(app),
    stepped: (attemptId) => engine().running.stepped(attemptId),
    agentGone: (attemptId) => engine().running.agentGone(attemptId),
    steadily: (body) => app.steadily(body),
    shortage: ({ directory }) => shortageIn(app, directory),
    paths: pathsIn(config.home, parts.folder),
    agentFolders: claudeExecutable().folders,
    protectedPaths: config.security.protectedPaths,
    deployment: deploymentBy(app, redact),
    branchOf: (project) => baseBranchOf(config.home, project.id),
  };
}

function pathsIn(home: string, folder: string): WorkshopPaths {
  const projects = join(home, 'projects');
  return {
    configOf: (projectId, attemptId) => join(projects, projectId, 'sessions', attemptId),
    transcriptOf: (project, sessionId) =>
      join(project.directory, '.harness', 'transcripts', `${sessionId}.jsonl`),
    evidenceOf: (project, name) =>
      join(project.directory, '.harness', 'evidence', name.replaceAll(/[^\w-]/gu, '_')),
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
