import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { readPidFile, stopServer } from '../../src/adapters/store/server/postmaster.ts';
import { startRehearsalModel, type Played } from '../../src/rehearsal/model.ts';
import { testDatabase } from '../support/database.ts';
import { pocketLedger } from '../../src/rehearsal/scenarios/pocket-ledger.ts';
import { threeWords } from './scenario.ts';

/** An event as the command line prints it with --json. */
const Line = z.looseObject({ id: z.number(), type: z.string() });
export type Line = Readonly<z.infer<typeof Line>>;

export interface Ended {
  /** Null when a signal ended it. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command line as a process of its own. */
export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Calls back for every event it prints. */
  onLine(hear: (line: Line) => void): void;
}

/** A home, a project folder, a scripted model that outlives every kill, and a database. */
export interface Arena extends AsyncDisposable {
  readonly home: string;
  readonly project: string;
  /** What the model was asked. */
  readonly played: readonly Played[];
  /** Null: the embedded server of the home. */
  readonly databaseUrl: string | null;
  readonly model: { readonly url: string };
  /** Words that begin the run, and those that go on with it. */
  readonly words: { readonly begin: readonly string[]; readonly goOn: readonly string[] };
  start(...words: readonly string[]): Command;
  /** The same with another address of the database. */
  startOn(database: string, ...words: readonly string[]): Command;
  /** The same for people: without --json. */
  startForPeople(database: string, ...words: readonly string[]): Command;
  /** The same with other variables. */
  startWith(changes: Readonly<Record<string, string>>, ...words: readonly string[]): Command;
  /** A worker with a short lease. */
  worker(order?: WorkerOrder): Command;
}

interface WorkerOrder {
  /** Starts a run of this folder. */
  readonly project?: string;
  /** Another address of the same database. */
  readonly database?: string;
  /** Agents at once; otherwise four. */
  readonly capacity?: number;
  /** Another address of the model. */
  readonly model?: string;
}

/** Of each answer: so long at least, a session can be hit in its middle. */
const LATENCY_MS = 200;

const CONFIG = `
phases:
  ideation: { checkpoint_pause: true }
  architecture: { pattern: single, checkpoint_pause: false }
  task_breakdown: { checkpoint_pause: false }
  testing: { enabled: true }
  deploy: { enabled: true, checkpoint_pause: false }
agent: { model: claude-opus-5-5 }
error_recovery: { retry_delay_seconds: 1 }
deploy: { command: "sleep 0.5 && test -f src/gamma.js", repeatable: true }
gateway: { attribution_headers: true }
`;

const inJson = (words: readonly string[]): readonly string[] => [
  BIN,
  ...words,
  '--json',
  '--verbose',
];

const WORKER = join(import.meta.dirname, 'worker.ts');
const BIN = join(import.meta.dirname, '../../src/cli/bin.ts');

/** Where a run keeps its items: in the database, or in a Linear that outlives every kill. */
interface Tracking {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly mcpUrl: string;
}

/** Demo mode with so many issues instead of the small run of all phases. */
export interface ArenaOrder {
  readonly linear?: Tracking;
  readonly demo?: number;
}

export async function anArena(
  database: 'embedded' | 'shared',
  { linear, demo }: ArenaOrder = {},
): Promise<Arena> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'chaos-')));
  const [home, project] = [join(root, 'home'), join(root, 'project')];
  await mkdir(home, { mode: 0o700 });
  const backend = `backend: { type: ${linear === undefined ? 'postgres' : 'linear'} }`;
  await writeFile(join(root, 'orchestrator.yaml'), `${backend}\n${CONFIG}`);
  const shared = database === 'shared' ? await testDatabase() : null;
  const played: Played[] = [];
  const model = await startRehearsalModel({
    scenario: demo === undefined ? threeWords() : pocketLedger(),
    clock: { now: () => Date.now() },
    log: (entry) => played.push(entry),
    latencyMs: LATENCY_MS,
  });
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: root,
    HARNESS_HOME: home,
    ANTHROPIC_API_KEY: 'sk-test-of-chaos',
    ANTHROPIC_BASE_URL: model.url,
    ...(shared === null ? {} : { DATABASE_URL: shared.url }),
    ...(linear === undefined ? {} : variablesFor(linear)),
  };
  const running = new Set<ChildProcess>();
  const begin = (words: readonly string[], changes: Readonly<Record<string, string>>): Command => {
    const command = startCommand(words, { cwd: root, env: { ...env, ...changes } });
    running.add(command.child);
    return command;
  };
  return {
    home,
    project,
    played,
    words: wordsOf(project, { linear, demo }),
    databaseUrl: shared?.url ?? null,
    model,
    start: (...words) => begin(inJson(words), {}),
    startOn: (address, ...words) => begin(inJson(words), { DATABASE_URL: address }),
    startForPeople: (address, ...words) => begin([BIN, ...words], { DATABASE_URL: address }),
    startWith: (changes, ...words) => begin(inJson(words), changes),
    worker: ({ project: mine = '', database: address, capacity = 4, model: other } = {}) =>
      begin([WORKER, mine, String(capacity)], {
        ...(address === undefined ? {} : { DATABASE_URL: address }),
        ...(other === undefined ? {} : { ANTHROPIC_BASE_URL: other }),
      }),
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill('SIGKILL');
      await model.close();
      await shared?.[Symbol.asyncDispose]();
      const place = placeIn(home);
      const server = await readPidFile(place);
      if (server !== null) await stopServer(place, server.pid);
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function variablesFor({ apiKey, apiUrl, mcpUrl }: Tracking): Readonly<Record<string, string>> {
  return { LINEAR_API_KEY: apiKey, LINEAR_API_URL: apiUrl, LINEAR_MCP_URL: mcpUrl };
}

/** Demo mode goes on by the words that it began with. */
function wordsOf(
  project: string,
  { linear, demo }: { readonly linear: Tracking | undefined; readonly demo: number | undefined },
): Arena['words'] {
  const folder = ['--project-dir', project];
  if (demo === undefined)
    return { begin: ['run', '--idea', 'three words', ...folder], goOn: ['resume', ...folder] };
  const tracker = linear === undefined ? 'local' : 'linear';
  const words = ['demo', '--tracker', tracker, '--issues', String(demo), ...folder];
  return { begin: words, goOn: words };
}

function startCommand(
  words: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Command {
  const child = spawn(process.execPath, words, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const hearers: ((line: Line) => void)[] = [];
  const printed: string[] = [];
  createInterface(child.stdout).on('line', (text) => {
    printed.push(`${text}\n`);
    const line = Line.safeParse(jsonOf(text));
    if (line.success) for (const hear of hearers) hear(line.data);
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const ended = once(child, 'close').then(() => ({
    exit: child.exitCode,
    stdout: printed.join(''),
    stderr: said.join(''),
  }));
  return { child, ended, onLine: (hear) => void hearers.push(hear) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
