import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HarnessError, hasCode } from './domain/errors.ts';
import { diskFull } from './domain/disk-full.ts';
import { ENDED, type Project, type Run } from './domain/run.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { giveUpRun } from './engine/operations.ts';
import { newId, type App } from './open-app.ts';
import { ensureRepository, type FirstFile } from './workspaces/ensure-repository.ts';
import { inspectRepository } from './workspaces/repository.ts';
import { ROOM_TO_GO_ON, ROOM_TO_START, shortageOf } from './workspaces/room.ts';
import { landMain } from './engine/attempt/land-main.ts';
import { baseBranchOf, keepBaseBranch } from './workspaces/base-branch.ts';
import type { Landing } from './workspaces/workspace.ts';

/** Marks a folder that a rehearsal made, and may replace. */
const REHEARSAL_MARK = join('.harness', 'rehearsal.json');

export interface ProjectOrder {
  readonly directory: string;
  readonly name: string;
  /** A repository with code in it is meant; without it only a new or empty folder will do. */
  readonly existing: boolean;
  readonly rehearsal: boolean;
  /** What a new project begins with. */
  readonly first?: readonly FirstFile[];
  /** Told what a person should know of it. */
  readonly notice: (line: string) => void;
}

/**
 * Makes the folder a project: a git repository whose branch the hub takes in. Throws
 * `REPOSITORY_UNSUPPORTED`, `FOLDER_NOT_EMPTY` or `RUN_ACTIVE` (exit 2) and changes nothing then.
 */
export async function prepareProject(app: App, order: ProjectOrder): Promise<Project> {
  const git = await app.git();
  if (order.rehearsal) await startOver(app, order);
  await refuseForeignCode(app, order);
  await refuseSecondRun(app, order.directory);
  const repository = await ensureRepository(git, order.directory, order.first);
  const { directory, branch } = repository;
  const project = await app.store.projects.ensure({ directory, name: order.name });
  await mkdir(join(directory, '.harness', 'transcripts'), { recursive: true });
  if (order.rehearsal) await writeFile(join(directory, REHEARSAL_MARK), '{"rehearsal":true}\n');
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

/** Nobody's code is worked on by accident: an existing repository has to be asked for by name. */
async function refuseForeignCode(app: App, order: ProjectOrder): Promise<void> {
  const found = await inspectRepository(await app.git(), order.directory);
  if (found.kind !== 'repository' || found.head === null || order.existing) return;
  if ((await app.store.projects.byDirectory(found.directory)) !== undefined) return;
  throw new HarnessError(
    'FOLDER_NOT_EMPTY',
    `${found.directory} is a repository with commits; use --existing to work on it, or choose another folder with --project-dir`,
    { exit: 2 },
  );
}

/**
 * A second rehearsal starts over, but only in a folder that a rehearsal made. What the harness knows
 * of the first one stays listed. Throws `RUN_ACTIVE` (exit 2) while a process still carries it out.
 */
async function startOver(app: App, { directory, notice }: ProjectOrder): Promise<void> {
  const mark = await readIfThere(join(directory, REHEARSAL_MARK));
  const there = await readIfThere(join(directory, '.git', 'HEAD'));
  if (there !== undefined && mark === undefined) return;
  const known = await app.store.projects.byDirectory(await realOf(directory));
  if (known !== undefined) await giveUpRuns(app, known);
  const aside = mark === undefined ? undefined : await clearAway(app, directory);
  if (aside !== undefined)
    notice(`The former rehearsal held changes of yours: it is kept as ${aside}`);
  if (known !== undefined) await app.store.projects.retire(known.id);
}

/** What a person changed there is not thrown away: the folder is kept beside, under another name. */
async function clearAway(app: App, directory: string): Promise<string | undefined> {
  const found = await inspectRepository(await app.git(), directory);
  if (found.kind === 'repository' && !found.dirty) {
    await rm(directory, { recursive: true, force: true });
    return undefined;
  }
  const aside = `${directory}.kept-${newId().slice(0, 8)}`;
  await rename(directory, aside);
  return aside;
}

async function giveUpRuns(app: App, project: Project): Promise<void> {
  const run = await app.store.runs.latest(project.id);
  if (run === undefined || ENDED.includes(run.status)) return;
  const workers = await app.store.workers.live();
  const gone = await (await readHostIdentity(newId)).deadHere(workers);
  const hosted = workers.some((one) => one.label === 'rehearsal' && !gone.includes(one.executorId));
  if (hosted)
    throw new HarnessError(
      'RUN_ACTIVE',
      `A rehearsal is ${run.status} in ${project.directory}; end it with \`harness stop\` first`,
      { exit: 2 },
    );
  const operating = { store: app.store, client: await app.client() };
  await giveUpRun(operating, run, 'another rehearsal took its place');
}

async function realOf(directory: string): Promise<string> {
  const parent = await realpath(dirname(directory)).catch(() => dirname(directory));
  return join(parent, basename(directory));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/**
 * Throws `TRACKER_DAMAGED` (exit 2) or whatever else would keep items from being written: without this
 * a run would plan, and pay for it, before it meets the tracker for the first time.
 */
export async function refuseDamagedTracker(
  app: App,
  run: Pick<Run, 'projectId' | 'settings'>,
): Promise<void> {
  const tracker = await app.trackerOf(run);
  await tracker.prepare();
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

/** Brings main into the user's repository, on a person's word. */
export async function landProject(app: App, project: Project): Promise<Landing> {
  const { home } = app.config;
  const hub = await app.hubOf(project);
  const deps = { store: app.store, branchOf: () => baseBranchOf(home, project.id) };
  return landMain(deps, { project, hub, runId: null });
}
