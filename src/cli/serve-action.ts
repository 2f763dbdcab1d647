import { refuseFullDisk, type App } from '../app.ts';
import { startServer } from '../server/start.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, type Context } from './context.ts';
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
  await withApp(context, async (app) => {
    await refuseFullDisk(app, null);
    const interrupt = interrupted();
    const server = await startServer({
      app,
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

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      process.exitCode = 130;
      resolve();
    });
    process.once('SIGTERM', () => {
      process.exitCode = 143;
      resolve();
    });
  });
}
