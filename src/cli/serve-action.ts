import {
  makesDatabase,
  openHostProcesses,
  processEnvironment,
  refuseFullDisk,
  type App,
} from '../app.ts';
import type { RunSettings } from '../domain/run.ts';
import { startRehearsal } from '../rehearsal/start.ts';
import { startServer } from '../server/start.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, type Context } from './context.ts';
import { interrupted } from './interrupts.ts';
import { person } from './person.ts';
import { VERSION } from './version.ts';

/** Flags of `serve`, as commander gives them. */
export interface ServeOptions extends CommonOptions {
  readonly host?: string;
  readonly port?: number;
  readonly allowHost?: readonly string[];
}

/** Serves the API and the dashboard until it is interrupted. */
export async function serveAction(options: ServeOptions): Promise<void> {
  const context = openContext(options, options.port === undefined ? {} : { port: options.port });
  if (await makesDatabase(context.config))
    context.output.talk('the database is made; the first time takes a while');
  await withApp(context, async (app) => {
    await refuseFullDisk(app, null);
    const interrupt = interrupted(CLOSING);
    const { config } = options;
    const hosts = await openHostProcesses({
      home: app.config.home,
      cwd: context.cwd,
      env: processEnvironment(),
      words: config === undefined ? [] : ['--config', config],
    });
    const server = await startServer({
      app,
      hosts,
      rehearsalOf,
      person: person(),
      host: options.host ?? '127.0.0.1',
      port: context.config.apiPort,
      names: options.allowHost ?? [],
      version: VERSION,
      log: (line) => context.output.warn(line),
    });
    tell(context, app, server);
    await interrupt;
    context.output.talk('closing');
    await server.close();
  });
}

/** What the scripted model plays; whoever carries the run out starts one of its own. */
async function rehearsalOf(
  settings: RunSettings,
): Promise<{ readonly idea: string; readonly settings: RunSettings }> {
  const rehearsal = await startRehearsal();
  try {
    return { idea: rehearsal.idea, settings: rehearsal.settings(settings) };
  } finally {
    await rehearsal.close();
  }
}

/** A token that was made here is shown to whoever started us; one that was given is known. */
function tell(
  { output }: Context,
  { config }: App,
  { url, token }: { readonly url: string; readonly token: string },
): void {
  const page = config.apiToken === null ? `${url}/#token=${token}` : `${url}/`;
  output.object({ url, dashboard: page });
  output.data(`dashboard  ${page}`);
  output.data(`API        ${url}/v1, described in ${url}/openapi.json`);
  output.talk(
    config.apiToken === null
      ? `token      ${config.home}/server/token; set HARNESS_TOKEN to use your own`
      : 'token      the one in HARNESS_TOKEN',
  );
}

/** Its hosts have their own time to leave, and a little more to be told of. */
const CLOSING = Object.freeze({
  cut: 'The server ended before all was closed; the next `harness serve` takes its runs up',
  withinMs: 15_000,
});
