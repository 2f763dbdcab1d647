import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, openApp, type App } from '../../src/app.ts';
import type { RunSettings } from '../../src/domain/run.ts';
import type { RehearsalPlan } from '../../src/server/parts.ts';
import { startServer, type ServerOrder } from '../../src/server/start.ts';
import { SETTINGS } from '../support/a-run.ts';
import { testDatabase } from '../support/database.ts';
import { USUAL_PATH } from '../support/harness-cli.ts';

export const TOKEN = 'a-token-that-is-long-enough';

/** A server on a database of its own, asked over real connections. */
export interface TestServer extends AsyncDisposable {
  readonly app: App;
  readonly url: string;
  /** Its port, for connections that are no HTTP as it should be. */
  readonly port: number;
  /** Where projects are made. */
  readonly workspace: string;
  /** What it logged. */
  readonly lines: readonly string[];
  /** A request with the token; `body` becomes JSON. */
  ask(path: string, order?: AskOrder): Promise<Answer>;
  /** A project that is known, with a run nobody carries out. */
  runOf(name: string): Promise<{ readonly projectId: string; readonly runId: string }>;
}

interface AskOrder {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

export async function aServer(
  changes: Partial<ServerOrder> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  await using opening = new AsyncDisposableStack();
  const root = await realpath(await mkdtemp(join(tmpdir(), 'harness-api-')));
  opening.defer(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const { url: databaseUrl } = opening.use(await testDatabase());
  const workspace = join(root, 'workspaces');
  await mkdir(workspace);
  const env = {
    DATABASE_URL: databaseUrl,
    HARNESS_HOME: join(root, 'home'),
    HARNESS_TOKEN: TOKEN,
    WORKSPACE_PATH: workspace,
    ...variables,
  };
  const config = loadConfig({ file: null, env, flags: {}, cwd: root });
  const lines: string[] = [];
  const log = (line: string): number => lines.push(line);
  const app = await openApp({ config, path: USUAL_PATH, homeFolder: root, log });
  opening.defer(() => app.close());
  const hosts = {
    ensure: async () => undefined,
    wellAgain: () => undefined,
    states: () => [],
    stop: async () => undefined,
  };
  const acting = { hosts, rehearsalOf, person: 'tester' };
  const order = {
    ...acting,
    app,
    host: '127.0.0.1',
    port: 0,
    names: [],
    version: '0.0.0',
    log,
    ...changes,
  };
  const server = await startServer(order);
  opening.defer(() => server.close());
  const stack = opening.move();
  return {
    app,
    url: server.url,
    port: Number(new URL(server.url).port),
    workspace,
    lines,
    ask: (path, given = {}) => ask(server.url + path, given),
    runOf: (name) => makeRun(app, join(workspace, name)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function rehearsalOf(settings: RunSettings): Promise<RehearsalPlan> {
  return { idea: 'A reading list', settings: { ...settings, label: 'rehearsal' } };
}

async function ask(url: string, { method = 'GET', body, headers }: AskOrder): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return { status: answer.status, headers: answer.headers, json: isJson ? JSON.parse(text) : text };
}

async function makeRun(
  { store }: App,
  directory: string,
): Promise<{ readonly projectId: string; readonly runId: string }> {
  const name = directory.split('/').at(-1) ?? '';
  await mkdir(directory, { recursive: true });
  const { id: projectId } = await store.projects.ensure({ directory, name });
  const order = { id: randomUUID(), projectId, idea: 'A shop', settings: SETTINGS };
  const run = await store.runs.create(order);
  await store.runs.setStatus(run, 'running', null);
  return { projectId, runId: run.id };
}
