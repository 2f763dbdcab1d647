import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import { HarnessError } from '../domain/errors.ts';

/** A holder that was killed is replaced after this long; proper-lockfile's own default. */
const STALE_MS = 10_000;
/** About two minutes of polite tries: longer than any holder needs, stale ones included. */
const TRIES = { retries: 600, factor: 1.2, minTimeout: 15, maxTimeout: 200, randomize: true };

/**
 * Runs `work` while no other process and no other call does so for the same `name` (an absolute
 * path without a file of its own). Throws LOCK_BUSY when the holder never lets go.
 */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(name), { recursive: true });
  let lost: Error | undefined;
  const release = await lock(name, {
    realpath: false,
    stale: STALE_MS,
    retries: TRIES,
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
  try {
    return await work();
  } finally {
    if (lost === undefined) await release();
  }
}
