import fs from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import { HarnessError } from '../domain/errors.ts';
import { statOfLocks } from '../domain/lock-stat.ts';

/** A holder that was killed is replaced after this long; proper-lockfile's own default. */
const STALE_MS = 10_000;
/** About two minutes of polite tries: longer than any holder needs, stale ones included. */
const TRIES = { retries: 600, factor: 1.2, minTimeout: 15, maxTimeout: 200, randomize: true };

/** Lets calls of one process follow each other by name: they never poll for what another holds. */
export interface Queue {
  /** Runs `work` after everything that came before it under this name, however that ended. */
  enter<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Work under one name is done one after the other, in this process; a failure holds nobody up. */
export function createQueue(): Queue {
  const last = new Map<string, Promise<unknown>>();
  return {
    async enter(name, work) {
      const before = last.get(name) ?? Promise.resolve();
      const mine = before.then(work);
      const settled = mine.catch(() => undefined);
      last.set(name, settled);
      try {
        return await mine;
      } finally {
        if (last.get(name) === settled) last.delete(name);
      }
    },
  };
}

/**
 * Runs `work` while no other process and no other call does so for the same `name` (an absolute
 * path without a file of its own). Throws LOCK_BUSY when another process never lets go of it.
 */
export function exclusively<T>(queue: Queue, name: string, work: () => Promise<T>): Promise<T> {
  return queue.enter(name, () => locked(name, work));
}

async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(name), { recursive: true });
  let lost: Error | undefined;
  const { stat, held } = statOfLocks(fs.stat, () => AbortSignal.timeout(STALE_MS));
  const release = await lock(name, {
    realpath: false,
    stale: STALE_MS,
    retries: TRIES,
    fs: { ...fs, stat },
    onCompromised: (error) => {
      lost = error;
    },
  }).catch((error: unknown) => {
    throw new HarnessError(
      'LOCK_BUSY',
      `${name} is held by another process; wait for it, or stop it and try again`,
      { cause: error },
    );
  });
  held();
  try {
    return await work();
  } finally {
    if (lost === undefined) await release();
  }
}
