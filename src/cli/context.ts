import { homedir } from 'node:os';
import {
  findConfigFile,
  loadConfig,
  openApp,
  processEnvironment,
  type App,
  type Config,
  type ConfigFlags,
} from '../app.ts';
import { createOutput, type Output, type OutputOptions } from './output.ts';

/** Flags that every command knows. */
export interface CommonOptions extends OutputOptions {
  readonly projectDir?: string;
  readonly config?: string;
  readonly input?: boolean;
}

/** What a command works with. */
export interface Context {
  readonly options: CommonOptions;
  readonly config: Config;
  readonly output: Output;
  readonly cwd: string;
}

/** Reads the configuration for a command; flags win. Throws CONFIG_INVALID (exit 2). */
export function openContext(options: CommonOptions, flags: ConfigFlags = {}): Context {
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
  return { options, config, output: createOutput(options), cwd };
}

/** Opens the database for the body and closes it afterwards, whatever happens. */
export async function withApp<T>(context: Context, body: (app: App) => Promise<T>): Promise<T> {
  const { config, output } = context;
  const app = await openApp({
    config,
    path: processEnvironment()['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    homeFolder: homedir(),
    log: (line) => {
      if (output.verbose) output.talk(line);
    },
  });
  try {
    return await body(app);
  } finally {
    await app.close();
  }
}
