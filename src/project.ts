import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from './domain/errors.ts';
import { refuseTrackerName } from './gateway/mcp/name-taken.ts';
import { fileLine, type Approval } from './domain/approval.ts';
import { diskFull } from './domain/disk-full.ts';
import { ENDED, type Project, type Run, type RunSettings } from './domain/run.ts';
import {
  markFolder,
  realOf,
  refuseForeignFolder,
  refuseToRehearseIn,
  startOver,
} from './former-rehearsal.ts';
import type { App } from './open-app.ts';
import { ensureRepository, type FirstFile } from './workspaces/ensure-repository.ts';
import { createQueue, exclusively } from './workspaces/exclusive.ts';
import { inspectRepository } from './workspaces/repository.ts';
import { ROOM_TO_GO_ON, ROOM_TO_START, shortageOf } from './workspaces/room.ts';
import { documentOf } from './engine/asked-state.ts';
import { landMain } from './engine/attempt/land-main.ts';
import { baseBranchOf, keepBaseBranch } from './workspaces/base-branch.ts';
import type { Landing } from './workspaces/workspace.ts';

export interface ProjectOrder {
  readonly directory: string;
  readonly name: string;
  /** A repository with code in it is meant; without it only a new or empty folder will do. */
  readonly existing: boolean;
  readonly rehearsal: boolean;
  /** What a new project begins with. */
  readonly first?: readonly FirstFile[];
  /** What it is and what its next run builds, where that is said. */
  readonly words?: Parameters<App['store']['projects']['change']>[1];
  /** Told what a person should know of it. */
  readonly notice: (line: string) => void;
}

const making = createQueue();

/**
 * Runs `work` while no other process with this data folder, and nothing else in this one, does so for the same
 * `subject`. Throws `LOCK_BUSY` when another process never comes to an end.
 */
export function aloneWith<T>(app: App, subject: string, work: () => Promise<T>): Promise<T> {
  const name = createHash('sha256').update(subject).digest('hex').slice(0, 32);
  return exclusively(making, join(app.config.home, 'making', name), work);
}

/**
 * Makes the folder a project: a git repository whose branch the hub takes in. Whoever does the same for
 * this folder waits, and meets what was made. Throws `REPOSITORY_UNSUPPORTED`, `FOLDER_NOT_EMPTY` or
 * `RUN_ACTIVE` (exit 2) and changes nothing then.
 */
export async function prepareProject(app: App, order: ProjectOrder): Promise<Project> {
  const directory = await realOf(order.directory);
  return aloneWith(app, `folder ${directory}`, () => prepare(app, order));
}

async function prepare(app: App, order: ProjectOrder): Promise<Project> {
  const git = await app.git();
  await refuseForeignFolder(order.directory);
  if (order.rehearsal && !order.existing) await startOver(app, order);
  const begun = await refuseForeignCode(app, order);
  await refuseSecondRun(app, order.directory);
  const repository = await ensureRepository(git, order.directory, order.first);
  const { directory, branch } = repository;
  const project = await app.store.projects.ensure({ directory, name: order.name });
  await mkdir(join(directory, '.harness', 'transcripts'), { recursive: true });
  await markFolder(directory, order.rehearsal && !begun);
  await app.store.projects.change(project.id, order.words ?? {});
  const hub = await app.hubOf(project);
  await hub.receive(directory, branch ?? undefined);
  await keepBaseBranch(app.config.home, project.id, branch ?? 'main');
  return project;
}

/** Said before this process hosts anything: as a worker it would take part in the other run. */
async function refuseSecondRun(app: App, directory: string): Promise<void> {
  const known = await app.store.projects.byDirectory(await realOf(directory));
  const run = known && (await app.store.runs.latest(known.id));
  if (run === undefined || ENDED.includes(run.status)) return;
  throw new HarnessError(
    'RUN_ACTIVE',
    `Run ${run.id} of this project is ${run.status}, and a project has one run at a time; follow it with \`harness status --watch\`, go on with \`harness resume\` or end it with \`harness stop\``,
    { exit: 2 },
  );
}

/**
 * Nobody's code is worked on by accident: an existing repository has to be asked for by name. Whether
 * there is one with commits.
 */
async function refuseForeignCode(app: App, order: ProjectOrder): Promise<boolean> {
  const found = await inspectRepository(await app.git(), order.directory);
  if (found.kind === 'empty' && order.existing)
    throw new HarnessError(
      'NOTHING_EXISTS',
      `${found.directory} does not exist or is empty, and --existing works on code that is there; name its folder with --project-dir, or leave --existing out to start from nothing`,
      { exit: 2 },
    );
  if (found.kind !== 'repository' || found.head === null) return false;
  if (order.rehearsal) await refuseToRehearseIn(found);
  if (order.existing) return true;
  if ((await app.store.projects.byDirectory(found.directory)) !== undefined) return true;
  throw new HarnessError(
    'FOLDER_NOT_EMPTY',
    `${found.directory} is a repository with commits; use --existing to work on it, or choose another folder with --project-dir`,
    { exit: 2 },
  );
}

/**
 * Throws `TRACKER_DAMAGED` (exit 2; in demo mode also `MCP_NAME_TAKEN`) or whatever else would keep
 * items from being written: without this a run would plan, and pay for it, before it meets the tracker
 * for the first time. Gives what the run is to remember of where its items are.
 */
export async function refuseDamagedTracker(
  app: App,
  run: Pick<Run, 'projectId' | 'settings'>,
): Promise<Partial<Pick<RunSettings, 'backend'>>> {
  const { backend, demo } = run.settings;
  const { mcp, toolPackages } = app.config;
  if (demo !== undefined) refuseTrackerName([...mcp, ...toolPackages]);
  if (demo?.tracker === 'linear' && demo.project === null) {
    await refuseFullLinear(app, demo.issues);
    return {};
  }
  const tracker = await app.trackerOf(run);
  const placed = await tracker.prepare();
  return placed === null ? {} : { backend: { ...backend, ...placed } };
}

/** Its project is yet to be made, by an agent: a key that sees no team, or no room, is told before. */
async function refuseFullLinear({ config }: App, issues: number): Promise<void> {
  const { lookAtLinear } = await import('./connect-linear.ts');
  const { room } = await lookAtLinear(config);
  if (room === null || room > issues) return;
  throw new HarnessError(
    'TRACKER_FULL',
    `Linear's free plan has room for ${room} more issues, and ${issues} and one about progress are to be made; remove or archive some, ask for fewer with --issues, or use --tracker local`,
    { exit: 2 },
  );
}

/**
 * Throws `DISK_FULL` (exit 75) when the data folder or the project's has less room than a run needs
 * to start: it would be parked before it had done anything. Null: no project is meant.
 */
export async function refuseFullDisk({ config }: App, project: string | null): Promise<void> {
  const shortage = await shortageOf({ home: config.home, project }, ROOM_TO_START);
  if (shortage !== null) throw diskFull(shortage);
}

/** The error with which a command gives up a run that can't even be parked; null while there is room. */
export async function noRoomLeft({ config }: App, project: string): Promise<HarnessError | null> {
  const shortage = await shortageOf({ home: config.home, project }, ROOM_TO_GO_ON);
  return shortage === null ? null : diskFull(shortage);
}

/** What a question is about, as a person reads it. */
export interface Asked {
  /** Path of the document, which an answer may replace; null: there is none. */
  readonly path: string | null;
  readonly text: string;
}

/** The document as it stands on main, or the diff of what an agent changed; hostile text. */
export async function readAsked(app: App, project: Project, approval: Approval): Promise<Asked> {
  const { change, phase, question } = approval;
  if (change !== null)
    return { path: null, text: [...change.files.map(fileLine), '', change.diff].join('\n') };
  const path = documentOf(phase);
  if (path === undefined) return { path: null, text: question };
  const hub = await app.hubOf(project);
  return { path, text: (await hub.readFile(await hub.head(), path)) ?? question };
}

/** Brings main into the user's repository, on a person's word. */
export async function landProject(app: App, project: Project): Promise<Landing> {
  const { home } = app.config;
  const hub = await app.hubOf(project);
  const deps = { store: app.store, branchOf: () => baseBranchOf(home, project.id) };
  return landMain(deps, { project, hub, runId: null });
}
