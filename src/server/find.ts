import type { Project, Run } from '../domain/run.ts';
import type { WorkItem } from '../domain/work-item.ts';
import type * as contract from './contract.ts';
import type { Parts } from './parts.ts';
import { Refusal } from './problems.ts';
import { projectView, runView } from './views.ts';

export interface Found {
  readonly project: Project;
  readonly run: Run;
}

/** How the store calls the folder of a project that is not there any more. */
const RETIRED = /^replaced \S+: /u;

/** Whether it was removed, or another took its folder. */
export function isRetired({ directory }: Project): boolean {
  return RETIRED.test(directory);
}

/** Refuses with 404 what is no project, or one no more. */
export async function findProject({ app }: Parts, id: string): Promise<Project> {
  const project = await app.store.projects.get(id);
  if (project === undefined || isRetired(project)) throw unknown('PROJECT_UNKNOWN', 'project');
  return project;
}

/** The same with its latest run; 409 before the first. */
export async function findRun(parts: Parts, id: string): Promise<Found> {
  const project = await findProject(parts, id);
  const run = await parts.app.store.runs.latest(project.id);
  if (run !== undefined) return { project, run };
  throw new Refusal(409, 'RUN_NONE', {
    detail: 'This project had no run yet; POST to its `run` starts one',
  });
}

/** Of the latest run; refuses with 404. */
export async function findItem({ app }: Parts, { run }: Found, key: string): Promise<WorkItem> {
  const item = await app.store.items.get(run.projectId, key);
  if (item === undefined || item.runId !== run.id) throw unknown('ITEM_UNKNOWN', 'work item');
  return item;
}

export function unknown(code: string, what: string): Refusal {
  return new Refusal(404, code, { detail: `There is no such ${what}` });
}

export async function viewOf({ app }: Parts, project: Project): Promise<contract.Project> {
  const run = await app.store.runs.latest(project.id);
  return projectView(project, run === undefined ? null : runView(run, await app.hosted(run)));
}
