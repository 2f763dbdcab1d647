import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import type { DemoSettings } from '../domain/demo.ts';
import { ENDED, type Project, type Run, type RunSettings } from '../domain/run.ts';
import {
  demoSettings,
  lookForNewItems,
  newId,
  PACKAGE,
  prepareProject,
  readDemoSources,
  refuseDamagedTracker,
  refuseFullDisk,
  onResume,
  resumeRun,
  startRun,
  type App,
  type Host,
} from '../app.ts';
import { openContext, withApp, type Context } from './context.ts';
import { demoLines } from './demo-lines.ts';
import { hosting, openModels, watch, type Models } from './hosting.ts';
import { real } from './places.ts';
import type { CommonOptions } from './common-options.ts';
import { lastEventId } from './stored-events.ts';

/** Flags of `demo`, as commander gives them. */
export interface DemoOptions extends CommonOptions {
  readonly maxIterations?: number;
  readonly model?: string;
  readonly tracker?: DemoSettings['tracker'];
  readonly issues?: number;
  readonly budget?: number;
  readonly rehearse?: boolean;
  readonly startOver?: boolean;
}

/** Where the original put a project that nobody named. */
const FOLDER = 'autonomous_demo_project';

/** Starts demo mode in a folder, or goes on with it there, until all issues are done or it is ended. */
export async function demoAction(given: DemoOptions): Promise<void> {
  const options = { ...given, projectDir: given.projectDir ?? FOLDER };
  const context = openContext(options, flagsOf(options));
  const directory = await real(resolve(context.config.projectDirectory ?? options.projectDir));
  await refuseKeyless(context, { options, directory });
  await withApp(context, async (app) => {
    const former = options.startOver === true ? undefined : await formerRun(app, directory);
    const rehearses = former?.run.settings.label === 'rehearsal' || options.rehearse === true;
    if (former?.run.status === 'completed' && !(await hasNewWork(app, context, former)))
      return tellDone(app, context, former);
    const models = await openModels(context.config, rehearses);
    try {
      const sitting = { app, context, models, options, directory };
      await (former === undefined ? begin(sitting) : goOn(sitting, former));
    } finally {
      await models.rehearsal?.close();
    }
  });
}

function flagsOf({ model, maxIterations, budget }: DemoOptions): Parameters<typeof openContext>[1] {
  return {
    interactive: false,
    ...(model === undefined ? {} : { model }),
    ...(maxIterations === undefined ? {} : { maxSessions: maxIterations }),
    ...(budget === undefined ? {} : { budget }),
  };
}

interface Place {
  readonly options: DemoOptions;
  readonly directory: string;
}

/** Said before anything is opened or made: the tracker of a project that is there decides later. */
async function refuseKeyless({ config }: Context, { options, directory }: Place): Promise<void> {
  if (config.linear.apiKey !== null || options.tracker === 'local') return;
  const begun = await access(join(directory, '.harness')).then(
    () => true,
    () => false,
  );
  if (options.tracker === 'linear' || !begun || options.startOver === true) throw keyMissing();
}

function keyMissing(): HarnessError {
  return new HarnessError(
    'LINEAR_KEY_MISSING',
    'LINEAR_API_KEY is not set. Get one from https://linear.app/YOUR-TEAM/settings/api, or use `--tracker local`: the same tools over the tracker of the harness itself, without an account',
    { exit: 4 },
  );
}

interface Former {
  readonly project: Project;
  readonly run: Run;
}

/** Throws `DEMO_FOLDER` (exit 2) where the folder's run is the orchestrator's. */
async function formerRun(app: App, directory: string): Promise<Former | undefined> {
  const project = await app.store.projects.byDirectory(directory);
  const run = project && (await app.store.runs.latest(project.id));
  if (project === undefined || run === undefined) return undefined;
  if (run.settings.demo !== undefined) return { project, run };
  throw new HarnessError(
    'DEMO_FOLDER',
    `${directory} holds a project of \`harness run\`; go on with \`harness resume\`, or name another folder with --project-dir`,
    { exit: 2 },
  );
}

/** Whether people added issues, or freed some, since all was done. A tracker in trouble is told of. */
async function hasNewWork(app: App, { output }: Context, { run }: Former): Promise<boolean> {
  try {
    const deps = { store: app.store, trackerOf: (asked: Run) => app.trackerOf(asked) };
    return await lookForNewItems(deps, run);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    output.warn(`whether there are new issues is not known: ${error.message}`);
    return false;
  }
}

async function tellDone(app: App, { output }: Context, { project, run }: Former): Promise<void> {
  const items = await app.store.items.ofRun(run.id);
  const done = items.filter(({ status }) => status === 'done').length;
  output.object({ type: 'done', project: project.name, run_id: run.id, done, total: items.length });
  output.data(
    `${project.name}: all is done, ${done} of ${items.length} issues, in ${project.directory}`,
  );
}

interface Sitting extends Place {
  readonly app: App;
  readonly context: Context;
  readonly models: Models;
}

async function begin(sitting: Sitting): Promise<void> {
  const { app, context, models, options, directory } = sitting;
  const tracker = options.tracker ?? 'linear';
  if (tracker === 'linear' && context.config.linear.apiKey === null) throw keyMissing();
  await refuseFullDisk(app, directory);
  const own = options.startOver === true ? null : directory;
  const { spec, issues } = await readDemoSources({ project: own, shipped: PACKAGE });
  const project = await prepareProject(app, {
    directory,
    name: context.config.projectName ?? basename(directory),
    existing: false,
    rehearsal: models.rehearsal !== null,
    first: [{ path: 'app_spec.txt', text: `${spec}\n` }],
    notice: (line) => context.output.warn(line),
  });
  const demo: DemoSettings = { tracker, issues: options.issues ?? issues, project: null };
  const settings = settingsOf(sitting, demo);
  await hostAndWatch(sitting, project, async () => {
    const placed = await refuseDamagedTracker(app, { projectId: project.id, settings });
    const order = { id: newId(), projectId: project.id, idea: spec };
    const operating = { store: app.store, client: await app.client() };
    return startRun(operating, { ...order, settings: { ...settings, ...placed } });
  });
}

function settingsOf({ context, models }: Sitting, demo: DemoSettings): RunSettings {
  const { settings } = context.config;
  return demoSettings(models.rehearsal?.settings(settings) ?? settings, demo);
}

/** A second one would take half of the sessions, and Ctrl-C there would end what was begun here. */
async function refuseCarried(app: App, { project, run }: Former): Promise<void> {
  if (ENDED.includes(run.status) || !(await app.hosted(run))) return;
  throw new HarnessError(
    'RUN_ACTIVE',
    `Demo mode is ${run.status} in ${project.directory}, and another process carries it out: watch it with \`harness events --follow\`, or end it with \`harness stop\`; then this goes on`,
    { exit: 2 },
  );
}

async function goOn(sitting: Sitting, { project, run }: Former): Promise<void> {
  const { app, context, options } = sitting;
  await refuseCarried(app, { project, run });
  await refuseFullDisk(app, project.directory);
  await hostAndWatch(sitting, project, async () => {
    const placed = await refuseDamagedTracker(app, run);
    const { model, budget } = options;
    return resumeRun({ store: app.store, client: await app.client() }, run, {
      ...onResume(context.config, run.settings, {}),
      ...placed,
      maxSessions: context.config.settings.maxSessions,
      ...(model === undefined ? {} : { model }),
      ...(budget === undefined ? {} : { budgetUsd: budget }),
    });
  });
}

async function hostAndWatch(
  { app, context, models }: Sitting,
  project: Project,
  open: () => Promise<Run>,
): Promise<void> {
  await hosting({ app, context, models }, async ({ unsealed }: Host) => {
    const after = await lastEventId(app, project.id);
    const run = await open();
    const { output } = context;
    output.talk(`${project.name} in ${project.directory}, run ${run.id}`);
    if (run.settings.demo?.project === null)
      output.talk('The first session makes the project and its issues, which takes a while.');
    const look = await demoLines({ app, output, project, run });
    await watch({ app, context, project, run, unsealed, after, look });
  });
}
