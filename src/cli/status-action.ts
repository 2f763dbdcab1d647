import { HarnessError } from '../domain/errors.ts';
import {
  databaseIsAway,
  processEnvironment,
  readResting,
  readSnapshot,
  type App,
  type Reader,
  type Snapshot,
} from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, withReader, type Context } from './context.ts';
import { configuredPlace, meantProject } from './find-project.ts';
import { findResting } from './find-resting.ts';
import { endWithin, EXIT_OF } from './interrupts.ts';
import { chosenOf } from './places.ts';
import { statusLines } from './status-lines.ts';

/** Flags of `status`, as commander gives them. */
export interface StatusOptions extends CommonOptions {
  readonly watch?: boolean;
}

const WATCH_MS = 1000;

/** For the last look and closing, once a person has left. */
const CLOSING_MS = 2_500;

/** Where a run stands; a look that starts no server when the run is at rest. */
export async function statusAction(options: StatusOptions): Promise<void> {
  const context = openContext(options);
  const resting = await atRest(context);
  if (resting !== undefined) return show(context, resting);
  if (options.watch !== true)
    return withReader(context, async (reader) => void (await look(reader, context)));
  // Watching takes long: the embedded server has to stay.
  await withApp(context, (app) => watch(app, context));
}

/** Says how it stands; whether it is being carried out. */
async function look(reader: Reader, context: Context): Promise<boolean> {
  const { project, run } = await meantProject(reader, context);
  const serving = await reader.serving(run);
  const now = new Date().toISOString();
  show(context, await readSnapshot(reader.store, project, { run, ...serving, now }));
  return run.endedAt === null && serving.hosted;
}

/** For people as the prompt shows it, and how it stands in the end; for programs an object a second. */
async function watch(app: App, context: Context): Promise<void> {
  if (context.output.json) {
    while (await look(app, context))
      await new Promise((resolve) => {
        setTimeout(resolve, WATCH_MS);
      });
    return;
  }
  const { project, run } = await meantProject(app, context);
  if (run.endedAt !== null || !(await app.hosted(run))) return void (await look(app, context));
  const [{ chooseView, wantsColors }, { watchLive }] = await Promise.all([
    import('./interactive/choose-view.ts'),
    import('./interactive/watch.ts'),
  ]);
  const { isTTY } = process.stdout;
  const surroundings = {
    stdinIsTerminal: isTTY,
    stdoutIsTerminal: isTTY,
    env: processEnvironment(),
    options: context.options,
  };
  const kind = chooseView(surroundings) === 'full' ? 'full' : 'plain';
  if (kind === 'plain') await look(app, context);
  const left = await watchLive(app, project, { kind, colors: wantsColors(surroundings) });
  if (left === null) return void (await look(app, context));
  await lookAndLeave(EXIT_OF[left], () => look(app, context));
}

const UNKNOWN =
  'How the run stands now is unknown, for its database does not answer; where it is carried out it goes on: see `harness status` later';

/** The last look, and closing, have their time and no more: the database may be away. */
async function lookAndLeave(exit: number, last: () => Promise<unknown>): Promise<void> {
  process.exitCode = exit;
  endWithin(CLOSING_MS, { exit, cut: UNKNOWN });
  try {
    await last();
  } catch (error) {
    if (!databaseIsAway(error)) throw error;
    throw new HarnessError('LEFT_BEHIND', UNKNOWN, { exit, cause: error });
  }
}

/** What is known without the database. */
async function atRest(context: Context): Promise<Snapshot | undefined> {
  const { config, options, cwd, output } = context;
  const projects = config.databaseUrl === null ? await readResting(config.home) : undefined;
  if (projects === undefined) return undefined;
  const named = options.projectDir === undefined ? null : config.projectDirectory;
  const configured = configuredPlace(context);
  const workspace = config.workspacePath;
  const found = await findResting(projects, { named, cwd, configured, workspace });
  if (found === undefined) return undefined;
  if (!found.placed) output.talk(chosenOf(found.snapshot));
  return found.snapshot;
}

function show({ output }: Context, snapshot: Snapshot): void {
  output.object(snapshot);
  if (!output.json) for (const line of statusLines(snapshot)) output.data(line);
}
