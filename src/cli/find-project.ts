import { realpath } from 'node:fs/promises';
import { HarnessError, hasCode } from '../domain/errors.ts';
import type { Project, Run } from '../domain/run.ts';
import { projectDirectoryFor, type App } from '../app.ts';
import type { Context } from './context.ts';

export interface Found {
  readonly project: Project;
  readonly run: Run;
}

/**
 * The project a command means: the flag's, the current folder's, the configured one, else the latest
 * of the workspace, named. Throws `PROJECT_UNKNOWN` (exit 2) when there is none.
 */
export async function findProject(app: App, context: Context): Promise<Found> {
  const project = (await byPlace(app, context)) ?? (await latest(app, context));
  const run = project && (await app.store.runs.latest(project.id));
  if (project === undefined || run === undefined)
    throw new HarnessError(
      'PROJECT_UNKNOWN',
      'No project here; name one with --project-dir, or start one with `harness run --idea TEXT`',
      { exit: 2 },
    );
  return { project, run };
}

async function byPlace(app: App, { config, cwd, options }: Context): Promise<Project | undefined> {
  const named = config.projectDirectory;
  const configured =
    named ?? (config.projectName === null ? null : projectDirectoryFor(config, config.projectName));
  const places = options.projectDir === undefined ? [cwd, configured] : [named];
  for (const place of places) {
    const project = place && (await app.store.projects.byDirectory(await real(place)));
    if (project) return project;
  }
  return undefined;
}

async function latest(app: App, { options, output }: Context): Promise<Project | undefined> {
  if (options.projectDir !== undefined) return undefined;
  const projects = await app.store.projects.list();
  const runs = await Promise.all(projects.map((project) => app.store.runs.latest(project.id)));
  const newest = runs
    .filter((run) => run !== undefined)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  const project = projects.find((one) => one.id === newest?.projectId);
  if (project) output.talk(`project ${project.name} in ${project.directory}`);
  return project;
}

async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return path;
    throw error;
  }
}
