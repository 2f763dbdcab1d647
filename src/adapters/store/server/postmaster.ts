import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { HarnessError, hasCode } from '../../../domain/errors.ts';
import { type Cluster, dataArgument, diskFull } from './cluster.ts';
import type { Environment } from './command.ts';
import type { Place } from './place.ts';

/** What a running (or killed) server wrote about itself. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** How a start ended. `held`: a server has the data folder. `lingering`: a killed one's children are still leaving. */
export type Launch =
  | { readonly status: 'ready'; readonly pid: number }
  | { readonly status: 'held' | 'port_taken' | 'lingering' };

/** Exit status we give flock for "held by another"; no Postgres program uses it. */
const HELD = 75;
/** Crash recovery replays the log since the last checkpoint; minutes at worst on a slow disk. */
const READY_MS = 120_000;

/**
 * What the server wrote of itself; null where there is none or it is half written. It may be of a dead
 * one.
 */
export async function readPidFile(place: Place): Promise<PidFile | null> {
  const text = await readFile(place.pidFile, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  const lines = text.split('\n').map((line) => line.trim());
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  const whole = Number.isInteger(pid) && pid > 1 && Number.isInteger(port) && port > 0;
  return whole ? { pid, port, ready: lines[7] === 'ready' } : null;
}

/** Whether this pid, here, is the server of this place: pids come round again, also in other containers. */
export async function isServer(pid: number, place: Place): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false;
  }
  if (process.platform !== 'linux') return true;
  const words = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return words.split('\0').includes(markOf(place));
}

/** Starts a server that outlives this process and everything it is killed with. Throws `DATABASE_START_FAILED`. */
export async function launch(cluster: Cluster, port: number): Promise<Launch> {
  const { place, binaries, path } = cluster;
  const log = await openLog(place);
  try {
    const from = (await log.stat()).size;
    const [command = '', ...rest] = serverWords(cluster, port);
    const env: Environment = { ...binaries.env, PATH: path, LC_ALL: 'C' };
    const stdio = ['ignore' as const, log.fd, log.fd];
    const child = spawn(command, rest, { cwd: place.data, env, detached: true, stdio });
    child.unref();
    const ended = once(child, 'exit').then(([code]: unknown[]) => code);
    const end = await Promise.race([ended.catch(missing), becomesReady(place, child)]);
    return end === 'ready' && child.pid !== undefined
      ? { status: 'ready', pid: child.pid }
      : await explain(cluster, end, from);
  } finally {
    await log.close();
  }
}

/** Ends the server now, and cleanly: clients are sent away, everything is on disk. Waits up to 10 s. */
export async function stopServer(place: Place, pid: number): Promise<boolean> {
  if (!(await isServer(pid, place))) return false;
  process.kill(pid, 'SIGINT');
  for (let turn = 0; turn < 500; turn += 1) {
    if (!(await isServer(pid, place))) return true;
    await wait(20);
  }
  return false;
}

const SETTINGS = ['max_connections=200', 'log_min_error_statement=panic'];
const SPEED = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

function serverWords(cluster: Cluster, port: number): readonly string[] {
  const { place, account, binaries, durability } = cluster;
  const settings = [...SETTINGS, ...(durability === 'none' ? SPEED : []), markOf(place)];
  const where = ['-D', dataArgument(account, place.data), '-h', '127.0.0.1', '-p', String(port)];
  const server = [...account.server, binaries.postgres, ...where, '-k', ''];
  const words = [...server, ...settings.flatMap((setting) => ['-c', setting])];
  if (process.platform !== 'linux') return words;
  // Under the flock no server runs, so a pid file is stale, whoever has its pid by now.
  const unstale = ['sh', '-c', 'rm -f "$0" && exec "$@"', place.pidFile];
  return ['flock', '-n', '-F', '-E', String(HELD), place.serverLock, ...unstale, ...words];
}

/** A setting of no effect that names the folder in the server's argv, also when `-D` does not. */
function markOf(place: Place): string {
  return `harness.data=${place.data}`;
}

async function openLog(place: Place): ReturnType<typeof open> {
  const log = await open(place.log, 'a', 0o600);
  if ((await log.stat()).size > 10_000_000) await log.truncate(0);
  const lock = await open(place.serverLock, 'a', 0o600);
  await lock.close();
  return log;
}

async function becomesReady(place: Place, child: ChildProcess): Promise<'ready' | 'slow'> {
  for (let turn = 0; turn < READY_MS / 20; turn += 1) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const file = await readPidFile(place);
    if (file?.ready === true && file.pid === child.pid) return 'ready';
    await wait(20);
  }
  return 'slow';
}

/** The error of a command that could not even be started. */
function missing(error: unknown): unknown {
  if (!hasCode(error, 'ENOENT')) throw error;
  throw new HarnessError(
    'DATABASE_START_FAILED',
    'the command flock is missing, which keeps two servers off one data folder; install util-linux, or set DATABASE_URL to a Postgres server',
    { cause: error },
  );
}

async function explain({ place }: Cluster, end: unknown, from: number): Promise<Launch> {
  if (end === HELD) return { status: 'held' };
  const said = (await readFile(place.log)).subarray(from).toString('utf8');
  if (/could not bind|Address already in use/u.test(said)) return { status: 'port_taken' };
  if (/pre-existing shared memory block/u.test(said)) return { status: 'lingering' };
  if (/No space left on device|Disk quota exceeded/u.test(said)) throw diskFull(place);
  const what = end === 'slow' ? 'is not ready after two minutes' : `ended with ${String(end)}`;
  throw new HarnessError(
    'DATABASE_START_FAILED',
    `the embedded Postgres ${what}: ${said.trim().slice(-1_000)} (more in ${place.log}); or set DATABASE_URL to a Postgres server`,
  );
}
