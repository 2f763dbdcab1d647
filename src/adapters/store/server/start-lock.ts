import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { hasCode, HarnessError, messageOf } from '../../../domain/errors.ts';
import { statOfLocks } from '../../../domain/lock-stat.ts';
import type { Place } from './place.ts';

/** A holder touches the lock each second; one that has not for five was killed. */
const STALE_MS = 5_000;
/** As long as a server may take to recover after a crash. */
const WAIT_MS = 120_000;

/**
 * Runs `body` while no other process starts or stops the server of this place. Should the lock be
 * lost half way (a process that slept), the flock on the data folder still keeps it to one server.
 * Throws `DATABASE_BUSY` after about two minutes.
 */
export async function withStartLock<T>(
  place: Place,
  log: (line: string) => void,
  body: () => Promise<T>,
): Promise<T> {
  const held = { lost: false };
  const release = await acquire(place, (error) => {
    held.lost = true;
    log(`the database's start lock was lost: ${error.message}`);
  });
  try {
    return await body();
  } finally {
    if (!held.lost) {
      await release().catch((error: unknown) => {
        log(`the database's start lock was not released: ${messageOf(error)}`);
      });
    }
  }
}

async function acquire(
  { root, startLock }: Place,
  onCompromised: (error: Error) => void,
): Promise<() => Promise<void>> {
  const began = performance.now();
  const { stat, held } = statOfLocks(fs.stat, () => AbortSignal.timeout(STALE_MS));
  const options = {
    lockfilePath: startLock,
    realpath: false,
    stale: STALE_MS,
    update: 1_000,
    fs: { ...fs, stat },
  };
  for (;;) {
    try {
      const release = await lock(root, { ...options, retries: 0, onCompromised });
      held();
      return release;
    } catch (error) {
      if (!hasCode(error, 'ELOCKED')) throw error;
    }
    if (performance.now() - began > WAIT_MS) {
      throw new HarnessError(
        'DATABASE_BUSY',
        `another process has been starting the database in ${root} for two minutes; end it and try again`,
      );
    }
    await wait(50);
  }
}
