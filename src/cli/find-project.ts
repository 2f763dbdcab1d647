import { dirname } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import { ENDED, type Project, type Run } from '../domain/run.ts';
import { projectDirectoryFor, type Reader } from '../app.ts';
import { chosen, real } from './places.ts';
import type { Context } from './context.ts';
import { unsealedLine } from './status-lines.ts';

export interface Found {
  readonly project: Project;
  readonly run: Run;
}

/**
 * The project a command means: the flag's, the current folder's, the configured one, else the latest
 * of the workspace, named. Says so when agents of its run work without a box. Throws
 * `PROJECT_UNKNOWN` (exit 2) when there is none.
 */
export async function findProject(reader: Reader, context: Context): Promise<Found> {
  return warned(reader, context, await meantProject(reader, context));
}

async function warned(reader: Reader, { output }: Context, found: Found): Promise<Found> {
  const unsealed = await reader.store.events.unsealed(found.project.id, found.run.id);
  if (unsealed !== null) output.warn(unsealedLine(unsealed));
  return found;
}

/** The same for a screen that shows by itself whether the run is sealed. */
export async function meantProject(reader: Reader, context: Context): Promise<Found> {
  const placed = await byPlace(reader, context);
  if (placed !== undefined) return named(reader, placed);
  const [newest] = await inWorkspace(reader, context);
  if (newest === undefined) throw unknown(context);
  context.output.talk(chosen(newest.project));
  return newest;
}

/**
 * The same for ending a run. With nothing named and several live runs in the workspace none of them
 * is meant: throws `PROJECT_AMBIGUOUS` (exit 2).
 */
export async function findLiveProject(reader: Reader, context: Context): Promise<Found> {
  const placed = await byPlace(reader, context);
  if (placed !== undefined) return warned(reader, context, await named(reader, placed));
  const live = (await inWorkspace(reader, context)).filter(
    ({ run }) => !ENDED.includes(run.status),
  );
  const [only] = live;
  if (live.length < 2)
    return only === undefined ? findProject(reader, context) : warned(reader, context, only);
  const list = live.map(({ project, run }) => `  ${project.directory}  (${run.status})`).join('\n');
  throw new HarnessError(
    'PROJECT_AMBIGUOUS',
    `Several projects are at work; say which one with --project-dir:\n${list}`,
    { exit: 2 },
  );
}

async function named({ store }: Reader, project: Project): Promise<Found> {
  const run = await store.runs.latest(project.id);
  if (run !== undefined) return { project, run };
  throw new HarnessError(
    'RUN_NONE',
    `${project.directory} had no run yet; \`harness run --idea TEXT\` starts one`,
    { exit: 2 },
  );
}

function unknown({ options, cwd }: Context): HarnessError {
  const place = options.projectDir ?? cwd;
  return new HarnessError(
    'PROJECT_UNKNOWN',
    `No project in ${place}; \`harness projects\` lists those there are (name one with --project-dir), \`harness run --idea TEXT\` starts one`,
    { exit: 2 },
  );
}

async function byPlace(reader: Reader, context: Context): Promise<Project | undefined> {
  const { config, cwd, options } = context;
  if (options.projectDir !== undefined) {
    const project = await at(reader, config.projectDirectory ?? options.projectDir);
    if (project === undefined) throw unknown(context);
    return project;
  }
  const configured = configuredPlace(context);
  return (await around(reader, cwd)) ?? (configured === null ? undefined : at(reader, configured));
}

/** The folder that the configuration names; null: it names none. Throws `PROJECT_NAME_INVALID` (exit 2). */
export function configuredPlace({ config }: Context): string | null {
  const { projectDirectory, projectName } = config;
  if (projectDirectory !== null || projectName === null) return projectDirectory;
  return projectDirectoryFor(config, projectName);
}

/** The project whose folder this is, or lies in. */
async function around(reader: Reader, folder: string): Promise<Project | undefined> {
  for (let place = folder; ; place = dirname(place)) {
    const project = await at(reader, place);
    if (project !== undefined || dirname(place) === place) return project;
  }
}

async function at({ store }: Reader, folder: string): Promise<Project | undefined> {
  return store.projects.byDirectory(await real(folder));
}

/** Projects of the workspace with their latest runs, newest first. */
async function inWorkspace({ store }: Reader, { config }: Context): Promise<readonly Found[]> {
  const workspace = await real(config.workspacePath);
  const projects = (await store.projects.list()).filter(({ directory }) =>
    directory.startsWith(`${workspace}/`),
  );
  const found = await Promise.all(
    projects.map(async (project) => ({ project, run: await store.runs.latest(project.id) })),
  );
  return found
    .flatMap(({ project, run }) => (run === undefined ? [] : [{ project, run }]))
    .toSorted((a, b) => b.run.createdAt.localeCompare(a.run.createdAt));
}
