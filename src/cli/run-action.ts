import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { HarnessError, unreadableFor } from '../domain/errors.ts';
import { PHASES } from '../domain/phase.ts';
import type { Project, RunSettings } from '../domain/run.ts';
import {
  newId,
  prepareProject,
  projectDirectoryFor,
  refuseDamagedTracker,
  refuseFullDisk,
  startRun,
  type App,
} from '../app.ts';
import { openContext, withApp, type Context } from './context.ts';
import { hosting, openModels, watch, type Models } from './hosting.ts';
import { flagsOf, type RunOptions } from './run-options.ts';
import { lastEventId } from './stored-events.ts';

/** An idea longer than this is a specification that no prompt should carry whole. */
const MAX_IDEA_BYTES = 200_000;

/** Starts a run and hosts it until it ends or waits for a person. */
export async function runAction(options: RunOptions): Promise<void> {
  const context = openContext(options, flagsOf(options));
  const given = await readIdea(options);
  if (given === undefined && options.rehearse !== true) missingIdea();
  const models = await openModels(context.config, options.rehearse === true);
  try {
    const idea = given ?? models.rehearsal?.idea ?? missingIdea();
    await withApp(context, (app) => startAndWatch({ app, context, models, options, idea }));
  } finally {
    await models.rehearsal?.close();
  }
}

interface Start {
  readonly app: App;
  readonly context: Context;
  readonly models: Models;
  readonly options: RunOptions;
  readonly idea: string;
}

async function startAndWatch(order: Start): Promise<void> {
  const { app, context, models, idea } = order;
  tellScript(order);
  await refuseFullDisk(app, directoryOf(order));
  const settings = settingsOf(order);
  const project = await openProject(order);
  // Before anything is hosted: no key, no team or no room is known at once.
  await refuseDamagedTracker(app, { projectId: project.id, settings });
  await hosting({ app, context, models }, async ({ unsealed }) => {
    const after = await lastEventId(app, project.id);
    const run = await startRun(
      { store: app.store, client: await app.client() },
      { id: newId(), projectId: project.id, idea, settings },
    );
    context.output.talk(`${project.name} in ${project.directory}, run ${run.id}`);
    await watch({ app, context, project, run, unsealed, after });
  });
}

/** Who gave an idea of their own would wait for it in vain. */
function tellScript({ context, models: { rehearsal }, idea }: Start): void {
  if (rehearsal !== null && rehearsal.idea !== idea)
    context.output.talk(
      `A rehearsal plays a script: it builds its ${rehearsal.name}, whatever the idea. Your idea needs a real model: the same without --rehearse.`,
    );
}

function directoryOf({ context: { config }, models, idea }: Start): string {
  const name = config.projectName ?? models.rehearsal?.name ?? nameFrom(idea);
  return resolve(projectDirectoryFor(config, name));
}

function openProject(order: Start): Promise<Project> {
  const { app, context, models, options } = order;
  const { config } = context;
  const directory = directoryOf(order);
  return prepareProject(app, {
    directory,
    name: config.projectName ?? basename(directory),
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

async function readIdea({ idea, ideaFile }: RunOptions): Promise<string | undefined> {
  if (idea !== undefined && ideaFile !== undefined)
    throw new HarnessError('USAGE', 'Give --idea or --idea-file, not both', { exit: 2 });
  const text = ideaFile === undefined ? idea : await readIdeaFile(ideaFile);
  if (text === undefined) return undefined;
  if (text.trim() === '')
    throw new HarnessError(
      'IDEA_EMPTY',
      `${ideaFile ?? '--idea'} is empty; say in a sentence or more what to build`,
      { exit: 2 },
    );
  if (Buffer.byteLength(text) > MAX_IDEA_BYTES)
    throw new HarnessError(
      'IDEA_TOO_LONG',
      `${ideaFile ?? '--idea'} is over ${MAX_IDEA_BYTES} bytes; shorten it`,
      { exit: 2 },
    );
  return text.trim();
}

async function readIdeaFile(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    throw new HarnessError(
      'IDEA_UNREADABLE',
      `Can't read the idea in ${path}: ${unreadableFor(error)}`,
      { exit: 2, cause: error },
    );
  }
}

function missingIdea(): never {
  throw new HarnessError('IDEA_MISSING', 'Say what to build: --idea TEXT or --idea-file FILE', {
    exit: 2,
  });
}
