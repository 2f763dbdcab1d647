import fs from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import { HarnessError, messageOf } from '../../domain/errors.ts';
import { statOfLocks } from '../../domain/lock-stat.ts';
import { damaged } from './rules.ts';

/** A holder that has not touched its lock for this long is dead: a change takes milliseconds. */
const STALE_MS = 10_000;

/** Together well over the time after which a dead holder's lock is taken over. */
const PATIENCE = { retries: 400, factor: 1.3, minTimeout: 5, maxTimeout: 100, randomize: true };

/**
 * Runs `work` while no other process does, by a `.lock` folder beside the file. `lost()` turns true
 * when the lock was taken over: nothing may be written then. Throws TRACKER_LOCKED after 40 s.
 */
export async function withFileLock<T>(
  file: string,
  work: (held: { lost(): boolean }) => Promise<T>,
): Promise<T> {
  let lost = false;
  // The library would try again for 40 s whatever the error is.
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    throw refusal(file, error);
  });
  const { stat, held } = statOfLocks(fs.stat, () => AbortSignal.timeout(STALE_MS));
  const release = await lock(file, {
    realpath: false,
    stale: STALE_MS,
    update: STALE_MS / 5,
    retries: PATIENCE,
    fs: { ...fs, stat },
    onCompromised: () => {
      lost = true;
    },
  }).catch((error: unknown) => {
    throw refusal(file, error);
  });
  held();
  try {
    return await work({ lost: () => lost });
  } finally {
    // A lock that was taken over is not ours to remove, and the library says so by throwing.
    await release().catch(() => undefined);
  }
}

function refusal(file: string, cause: unknown): HarnessError {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'ELOCKED')
    return damaged(file, `cannot be locked (${messageOf(cause)})`, cause);
  return new HarnessError(
    'TRACKER_LOCKED',
    `${file}.lock is held by another process: end it and try again`,
    { cause },
  );
}
