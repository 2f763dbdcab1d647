import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { hasCode } from '../domain/errors.ts';
import type { WorkerIdentity } from '../work/run-store.ts';

/** What tells this process from any other that ever ran. */
export interface HostIdentity {
  /** Names this process for what it leaves on disk; letters, digits and points. */
  readonly maker: string;
  /** Whether the process of that name is gone; undefined where that can't be told from here. */
  isGone(maker: string): Promise<boolean | undefined>;
  /** A new name for this process as a worker. */
  newIdentity(label: string): WorkerIdentity;
  /** Of these workers, those that ran on this very host and are gone. */
  deadHere(workers: readonly WorkerIdentity[]): Promise<readonly string[]>;
  /** Whether it runs on this very host, now; false where that can't be known. */
  aliveHere(worker: WorkerIdentity): Promise<boolean>;
}

/**
 * Reads it from /proc. Where that does not exist nothing is declared dead early: leases decide. The
 * host's name includes the pid namespace: a pid proves nothing across containers.
 */
export async function readHostIdentity(newId: () => string): Promise<HostIdentity> {
  const bootId = (await textOf('/proc/sys/kernel/random/boot_id'))?.trim() ?? '';
  const hostId = `${hostname()}/${(await linkOf('/proc/self/ns/pid')) ?? 'pid'}`;
  const pidStarted = (await startOf(process.pid)) ?? '';
  const comparable = (worker: WorkerIdentity): boolean =>
    worker.hostId === hostId && bootId !== '' && worker.pidStarted !== '';
  const lives = async (worker: WorkerIdentity): Promise<boolean> =>
    worker.bootId === bootId && (await startOf(worker.pid)) === worker.pidStarted;
  const place = createHash('sha256').update(`${hostId}\0${bootId}`).digest('hex').slice(0, 12);
  return {
    maker: `${place}.${process.pid}.${pidStarted}`,
    async isGone(maker) {
      const [where, pid, started] = maker.split('.');
      if (where !== place || bootId === '' || !started) return undefined;
      return (await startOf(Number(pid))) !== started;
    },
    newIdentity: (label) => ({
      executorId: `${hostname()}-${process.pid}-${newId().slice(0, 8)}`,
      hostId,
      bootId,
      pid: process.pid,
      pidStarted,
      label,
    }),
    async deadHere(workers) {
      const dead: string[] = [];
      for (const worker of workers)
        if (comparable(worker) && !(await lives(worker))) dead.push(worker.executorId);
      return dead;
    },
    aliveHere: async (worker) => comparable(worker) && lives(worker),
  };
}

/**
 * Start time of a live process in clock ticks since boot: field 22 of /proc/PID/stat, counted after
 * the name in parentheses, which may hold anything. A zombie counts as gone.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await textOf(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

async function textOf(path: string): Promise<string | undefined> {
  return absentAsUndefined(() => readFile(path, 'utf8'));
}

async function linkOf(path: string): Promise<string | undefined> {
  return absentAsUndefined(() => readlink(path));
}

/** A process may go while it is looked at: ESRCH. */
async function absentAsUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}
