import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { hasCode } from '../domain/errors.ts';
import { PHASES } from '../domain/phase.ts';
import type { Project, Run, RunSettings } from '../domain/run.ts';
import {
  newId,
  prepareProject,
  projectDirectoryFor,
  refuseDamagedTracker,
  refuseFullDisk,
  startRun,
  type App,
} from '../app.ts';
import type { Context } from './context.ts';
import type { Models } from './hosting.ts';
import type { RunOptions } from './run-options.ts';

/** Who starts what. */
export interface Start {
  readonly app: App;
  readonly context: Context;
  readonly models: Models;
  readonly options: RunOptions;
  readonly idea: string;
  /** A folder that holds something already is not meant: the next free name is taken. */
  readonly fresh?: boolean;
}

/** A project that is ready for a run, and what starts that once somebody hosts it. */
export interface Prepared {
  readonly project: Project;
  readonly start: () => Promise<Run>;
}

/** Makes the folder a project. Whatever would keep the run from its work is thrown before it is hosted. */
export async function prepareRun(order: Start): Promise<Prepared> {
  const { app, idea } = order;
  tellScript(order);
  const directory = await directoryOf(order);
  await refuseFullDisk(app, directory);
  const settings = settingsOf(order);
  const project = await openProject(order, directory);
  // Before anything is hosted: no key, no team or no room is known at once.
  const placed = await refuseDamagedTracker(app, { projectId: project.id, settings });
  return {
    project,
    start: async () =>
      startRun(
        { store: app.store, client: await app.client() },
        { id: newId(), projectId: project.id, idea, settings: { ...settings, ...placed } },
      ),
  };
}

/** Who gave an idea of their own would wait for it in vain. */
function tellScript({ context, models: { rehearsal }, idea }: Start): void {
  if (rehearsal !== null && rehearsal.idea !== idea)
    context.output.talk(
      `A rehearsal plays a script: it builds its ${rehearsal.name}, whatever the idea. Your idea needs a real model: the same without --rehearse.`,
    );
}

async function directoryOf(order: Start): Promise<string> {
  const { context, models, idea } = order;
  const { config } = context;
  const name = config.projectName ?? models.rehearsal?.name ?? nameFrom(idea);
  const directory = resolve(projectDirectoryFor(config, name));
  const named = config.projectDirectory !== null || config.projectName !== null;
  return order.fresh === true && !named ? freeName(directory) : directory;
}

async function freeName(directory: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const place = number === 1 ? directory : `${directory}-${number}`;
    if (await isFree(place)) return place;
  }
}

async function isFree(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    return hasCode(error, 'ENOENT');
  }
}

function openProject(order: Start, directory: string): Promise<Project> {
  const { app, context, models, options } = order;
  return prepareProject(app, {
    directory,
    name: context.config.projectName ?? basename(directory),
    existing: options.existing === true,
    rehearsal: models.rehearsal !== null,
    notice: (line) => context.output.warn(line),
  });
}

/** First word of the idea, lower case: what a person would call the folder for now. */
function nameFrom(idea: string): string {
  const word = idea
    .toLowerCase()
    .match(/[a-z0-9][a-z0-9-]*/g)
    ?.find((one) => one.length > 2);
  return (word ?? 'project').slice(0, 20);
}

function settingsOf({ context, models, options }: Start): RunSettings {
  const { settings } = context.config;
  const chosen = models.rehearsal?.settings(settings) ?? settings;
  return {
    ...chosen,
    autonomy:
      options.interactive === false && options.autonomy === undefined ? 'full' : chosen.autonomy,
    phases: from(chosen.phases, options.from),
  };
}

function from(phases: RunSettings['phases'], first: string | undefined): RunSettings['phases'] {
  const at = PHASES.findIndex((name) => name === first);
  const off = PHASES.slice(0, Math.max(at, 0));
  return off.reduce(
    (left, name) => Object.assign({}, left, { [name]: { ...phases[name], enabled: false } }),
    phases,
  );
}
