import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { z } from 'zod';
import { installedPackage } from '../../src/adapters/store/server/binaries.ts';
import { SYSTEM_PATH } from '../../src/adapters/store/server/command.ts';
import { type Place, placeIn } from '../../src/adapters/store/server/place.ts';
import { isServer, readPidFile, stopServer } from '../../src/adapters/store/server/postmaster.ts';
import type { Durability } from '../../src/adapters/store/server/cluster.ts';

const Told = z.union([
  z.strictObject({ url: z.string(), started: z.boolean() }),
  z.strictObject({ code: z.string(), message: z.string() }),
]);

/** What a server process says: once for the opening and once for each order it is sent. */
export type Told = z.infer<typeof Told>;

export interface TestHome extends AsyncDisposable {
  readonly home: string;
  readonly place: Place;
  /** The pid of the server that runs here, or null. */
  serverPid(): Promise<number | null>;
}

/** An empty home (0700); whatever server runs there at the end is stopped, and everything removed. */
export async function aHome(): Promise<TestHome> {
  const home = await mkdtemp(join(tmpdir(), 'harness-home-'));
  const place = placeIn(home);
  const serverPid = async (): Promise<number | null> => {
    const pid = (await readPidFile(place))?.pid;
    return pid !== undefined && (await isServer(pid, place)) ? pid : null;
  };
  return {
    home,
    place,
    serverPid,
    [Symbol.asyncDispose]: async () => {
      const pid = await serverPid();
      if (pid !== null) await stopServer(place, pid);
      await rm(home, { recursive: true, force: true });
    },
  };
}

export interface ProcessOrder {
  readonly home: string;
  /** Words before `node`, such as those that change the user. */
  readonly as?: readonly string[];
  readonly packageFolder?: string;
  readonly path?: string;
  /** `none` (the default) loses what was committed last when the server is killed. */
  readonly durability?: Durability;
}

export interface ServerProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The next thing it says. */
  told(): Promise<Told>;
  ask(verb: 'ensure' | 'release'): Promise<Told>;
  /** kill -9 of its whole process group, and waits for its end. */
  kill(): Promise<void>;
}

/** A process of its own that opens the embedded server of this home. */
export function serverProcess(order: ProcessOrder): ServerProcess {
  const { home, as = [], packageFolder = installedPackage(), path = SYSTEM_PATH } = order;
  const { durability = 'none' } = order;
  const file = join(import.meta.dirname, 'server-process.ts');
  const words = [
    ...as,
    process.execPath,
    file,
    JSON.stringify({ home, packageFolder, path, durability }),
  ];
  const [command = '', ...rest] = words;
  const stdio = ['ignore' as const, 'inherit' as const, 'inherit' as const, 'ipc' as const];
  const child = spawn(command, rest, { stdio, detached: true });
  const ended = once(child, 'exit');
  const told = async (): Promise<Told> => {
    const gone = ended.then(() => Promise.reject(new Error('the process ended without a word')));
    const [message]: unknown[] = await Promise.race([once(child, 'message'), gone]);
    return Told.parse(message);
  };
  const kill = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  const ask = (verb: 'ensure' | 'release'): Promise<Told> => {
    const answer = told();
    child.send(verb);
    return answer;
  };
  return { child, told, ask, kill, [Symbol.asyncDispose]: kill };
}

/** The address it told; fails the test with its error otherwise. */
export function urlOf(told: Told): string {
  if ('url' in told) return told.url;
  throw new Error(`${told.code}: ${told.message}`);
}

/** One statement on a connection of its own. */
export async function queryOnce(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
