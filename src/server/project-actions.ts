import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { aloneWith, prepareProject, projectDirectoryFor, refuseFullDisk } from '../app.ts';
import { hasCode } from '../domain/errors.ts';
import { ENDED, type Project } from '../domain/run.ts';
import type * as contract from './contract.ts';
import { findProject, isRetired } from './find.ts';
import type { Parts } from './parts.ts';
import { Refusal } from './problems.ts';

/** Makes a project in the workspace: its folder, its repository, its hub. One after the other. */
export async function createProject(parts: Parts, order: contract.CreateProject): Promise<Project> {
  return alone(parts, () => makeProject(parts, order));
}

/** What is free when it is looked at is so until it is taken. */
function alone<T>({ app }: Parts, work: () => Promise<T>): Promise<T> {
  return aloneWith(app, `workspace ${app.config.workspacePath}`, work);
}

async function makeProject(parts: Parts, order: contract.CreateProject): Promise<Project> {
  const { app } = parts;
  const { name, description, idea, existing } = order;
  await refuseTakenName(parts, name);
  const directory = await placeFor(parts, order);
  await refuseFullDisk(app, directory);
  const notice = parts.log;
  const project = await prepareProject(app, {
    directory,
    name,
    existing: existing === true,
    rehearsal: false,
    words: {
      ...(description === undefined ? {} : { description }),
      ...(idea === undefined ? {} : { idea }),
    },
    notice,
  });
  return findProject(parts, project.id);
}

async function refuseTakenName({ app }: Parts, name: string, own?: string): Promise<void> {
  const known = await app.store.projects.list();
  if (known.some((one) => one.id !== own && !isRetired(one) && one.name === name))
    throw new Refusal(409, 'NAME_TAKEN', {
      detail: `There is a project ${JSON.stringify(name)} already; choose another name`,
    });
}

/** Nothing is made outside of the workspace, nor inside of another project. */
async function placeFor({ app }: Parts, order: contract.CreateProject): Promise<string> {
  const { workspacePath } = app.config;
  await mkdir(workspacePath, { recursive: true });
  const workspace = await realpath(workspacePath);
  const named = projectDirectoryFor(
    { projectDirectory: order.directory ?? null, workspacePath: workspace },
    order.name,
  );
  const place = await realPlace(resolve(workspace, named));
  const inside = relative(workspace, place).split(sep);
  if (inside.some((part) => part === '' || part.startsWith('.') || /\p{C}/u.test(part)))
    throw new Refusal(422, 'DIRECTORY_REFUSED', {
      detail: `A project is a visible folder in the workspace ${workspace}`,
    });
  const known = await app.store.projects.list();
  const other = known.find(({ directory }) => `${place}/`.startsWith(`${directory}/`));
  if (other !== undefined)
    throw new Refusal(409, 'DIRECTORY_TAKEN', {
      detail: `This folder belongs to the project ${JSON.stringify(other.name)} already`,
    });
  return place;
}

/** Where a path leads, though its end may not exist yet: links on the way are followed. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw refusedPath(error);
    return dirname(path) === path ? path : join(await realPlace(dirname(path)), basename(path));
  }
}

function refusedPath(error: unknown): unknown {
  const bad = ['ENAMETOOLONG', 'ELOOP', 'EACCES', 'ERR_INVALID_ARG_VALUE'];
  if (!bad.some((code) => hasCode(error, code))) return error;
  return new Refusal(422, 'DIRECTORY_REFUSED', { detail: 'This folder cannot be used' });
}

/** What people call it and what it is to build next; its folder stays. */
export async function changeProject(
  parts: Parts,
  project: Project,
  order: contract.ChangeProject,
): Promise<Project> {
  return alone(parts, () => rewrite(parts, project, order));
}

async function rewrite(
  parts: Parts,
  project: Project,
  { name, description, idea }: contract.ChangeProject,
): Promise<Project> {
  if (name !== undefined) await refuseTakenName(parts, name, project.id);
  await parts.app.store.projects.change(project.id, {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(idea === undefined ? {} : { idea }),
  });
  return findProject(parts, project.id);
}

/** Takes it off the lists; its folder, its history and its rescued work stay where they are. */
export async function removeProject({ app }: Parts, project: Project): Promise<void> {
  const run = await app.store.runs.latest(project.id);
  if (run !== undefined && !ENDED.includes(run.status))
    throw new Refusal(409, 'RUN_ACTIVE', {
      detail: `Its run is ${run.status}; stop it first`,
    });
  await app.store.projects.retire(project.id);
}
