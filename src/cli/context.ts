import {
  explained,
  findConfigFile,
  homeIfKnown,
  loadConfig,
  openApp,
  openReading,
  processEnvironment,
  type App,
  type Config,
  type ConfigFlags,
  type DatabaseOrder,
  type Reader,
} from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { finishing } from './finishing.ts';
import { createOutput, type Output } from './output.ts';

/** What a command works with. */
export interface Context {
  readonly options: CommonOptions;
  readonly config: Config;
  readonly output: Output;
  readonly cwd: string;
}

/** Reads the configuration for a command; flags win. Throws CONFIG_INVALID (exit 2). */
export function openContext(options: CommonOptions, flags: ConfigFlags = {}): Context {
  const output = createOutput(options);
  const cwd = process.cwd();
  const config = loadConfig({
    file: findConfigFile(cwd, options.config),
    env: processEnvironment(),
    flags: {
      ...flags,
      ...(options.projectDir === undefined ? {} : { projectDir: options.projectDir }),
    },
    cwd,
  });
  for (const note of config.notes) output.warn(note);
  return { options, config, output, cwd };
}

/** What holds without the person's files, for a command that looks at what is wrong with them. */
export function openWithoutFiles(options: CommonOptions): Context {
  const output = createOutput(options);
  const config = loadConfig({ file: null, env: processEnvironment(), flags: {}, cwd: '/' });
  return { options, config, output, cwd: process.cwd() };
}

/** Opens the database for the body and closes it afterwards, whatever happens. */
export function withApp<T>(context: Context, body: (app: App) => Promise<T>): Promise<T> {
  return closing(openApp(orderOf(context)), body);
}

/** The same for a quick look: nothing is migrated, nothing started that runs already. */
export function withReader<T>(context: Context, body: (reader: Reader) => Promise<T>): Promise<T> {
  return closing(openReading(orderOf(context)), body);
}

/** The same for commands on the tables themselves, which open the database their own way. */
export async function onDatabase<T>(
  context: Context,
  body: (order: DatabaseOrder) => Promise<T>,
): Promise<T> {
  try {
    return await body(orderOf(context));
  } catch (error) {
    throw explained(error);
  }
}

async function closing<R extends Reader, T>(
  opening: Promise<R>,
  body: (opened: R) => Promise<T>,
): Promise<T> {
  try {
    const opened = await opening;
    return await finishing(
      () => body(opened),
      () => opened.close(),
    );
  } catch (error) {
    throw explained(error);
  }
}

/** The user's PATH and home folder; the data folder stands in for the home of a user who has none. */
export function userPlaces({ home }: Config): {
  readonly path: string;
  readonly homeFolder: string;
} {
  const path = processEnvironment()['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return { path, homeFolder: homeIfKnown() ?? home };
}

function orderOf({ config, output }: Context): Parameters<typeof openApp>[0] {
  const log = (line: string): void => {
    if (output.verbose) output.talk(line);
  };
  return { config, ...userPlaces(config), log };
}
