import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { isServer, readPidFile, stopServer } from '../../src/adapters/store/server/postmaster.ts';

/** The program, as its sources are. */
export const BIN = join(import.meta.dirname, '../../src/cli/bin.ts');

/** Where the system's programs and the Node of this process are found. */
export const USUAL_PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;

export interface Ended {
  /** Null: killed by a signal. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Throws with everything that was said when the exit status is another. */
export function proveExit({ exit, stdout, stderr }: Ended, wanted: number): void {
  if (exit !== wanted)
    throw new Error(`exit ${exit}, not ${wanted}:\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`);
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when the output so far matches; throws with the output when the process ends before. */
  heard(pattern: RegExp): Promise<void>;
  /** Its output so far. */
  said(): string;
  signal(name: NodeJS.Signals): void;
}

export interface StartOptions {
  /** Over the bench's own; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Words before `node`, such as those that change the user. */
  readonly as?: readonly string[];
}

/** A folder to start the command line in, with a data folder of its own. */
export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  /** All that a process of this bench inherits. */
  readonly env: Readonly<Record<string, string>>;
  start(args: readonly string[], options?: StartOptions): Running;
  run(args: readonly string[], options?: StartOptions): Promise<Ended>;
}

export interface BenchOrder {
  /** The program's file; its sources, unless said otherwise. */
  readonly program?: string;
  /** Without one the command line brings its own server. */
  readonly databaseUrl?: string;
  /** Text of `orchestrator.yaml`. */
  readonly yaml?: string;
  /** Variables beyond PATH, HOME, HARNESS_HOME and DATABASE_URL: nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What still runs of it in the end is killed, its server stopped, its folder removed. */
export async function aBench(order: BenchOrder = {}): Promise<Bench> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'harness-e2e-')));
  const [folder, home] = [join(root, 'work'), join(root, 'home')];
  await mkdir(folder);
  if (order.yaml !== undefined) await writeFile(join(folder, 'orchestrator.yaml'), order.yaml);
  const { databaseUrl, program = BIN } = order;
  const env = {
    PATH: USUAL_PATH,
    HOME: root,
    HARNESS_HOME: home,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...order.env,
  };
  const kills: (() => Promise<void>)[] = [];
  const start = (args: readonly string[], options: StartOptions = {}): Running => {
    const running = startProcess([program, ...args], {
      cwd: options.cwd ?? folder,
      as: options.as ?? [],
      env: { ...env, ...options.env },
    });
    kills.push(() => running.kill());
    return running;
  };
  return {
    folder,
    home,
    env,
    start,
    run: (args, options) => start(args, options).ended,
    async [Symbol.asyncDispose]() {
      for (const kill of kills) await kill();
      await stopServerIn(home);
      await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

interface Process extends Running {
  kill(): Promise<void>;
}

function startProcess(args: readonly string[], options: Required<StartOptions>): Process {
  const [program = '', ...words] = [...options.as, process.execPath, ...args];
  const began = performance.now();
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => (said[name] += text));
  }
  const seconds = (): number => (performance.now() - began) / 1000;
  const ended = once(child, 'close').then(([exit]): Ended => ({
    exit: typeof exit === 'number' ? exit : null,
    ...said,
    seconds: seconds(),
  }));
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    ended,
    async heard(pattern) {
      while (!pattern.test(`${said.stdout}\n${said.stderr}`)) {
        if (over()) throw new Error(`ended without ${pattern}: ${said.stdout}${said.stderr}`);
        await delay(50);
      }
    },
    said: () => `${said.stdout}\n${said.stderr}`,
    signal: (name) => child.kill(name),
    async kill() {
      if (over() || child.pid === undefined) return;
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}

async function stopServerIn(home: string): Promise<void> {
  const place = placeIn(home);
  const pid = (await readPidFile(place).catch(() => null))?.pid;
  if (pid !== undefined && (await isServer(pid, place))) await stopServer(place, pid);
}
