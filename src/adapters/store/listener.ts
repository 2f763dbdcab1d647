import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification, Pool, PoolClient } from 'pg';
import { CHANNEL } from './commit.ts';

/** Waits between attempts to listen again, milliseconds: a restarted server is back within a second. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5_000;

type Wake = (projectId: string) => void;

/** Hears of commits by any process; it may hear of one twice, or late, never of none. */
export interface Listener {
  /** Returns how to stop. */
  readonly onCommit: (wake: Wake) => () => void;
  readonly close: () => Promise<void>;
}

/**
 * One connection that waits for commits while anybody wants to know of them. What was committed
 * while it was down is not lost to anybody: after each (re)connection every project is announced once.
 */
export function createListener(pool: Pool): Listener {
  const wakes = new Set<Wake>();
  const wakeAll: Wake = (projectId) => wakes.forEach((wake) => wake(projectId));
  let stop = new AbortController();
  let listening = Promise.resolve();

  const start = (): void => {
    stop = new AbortController();
    const { signal } = stop;
    listening = listening.then(() => keepListening(pool, wakeAll, signal));
  };
  return {
    onCommit(wake) {
      // The same function twice is two subscriptions.
      const own: Wake = (projectId) => wake(projectId);
      wakes.add(own);
      if (wakes.size === 1) start();
      return () => {
        if (wakes.delete(own) && wakes.size === 0) stop.abort();
      };
    },
    async close() {
      wakes.clear();
      stop.abort();
      await listening;
    },
  };
}

async function keepListening(pool: Pool, wake: Wake, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT;
  while (!signal.aborted) {
    const heard = await listenOnce(pool, wake, signal).catch(() => false);
    wait = heard ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

/** Listens until the connection ends or `signal`; true when it got as far as listening. */
async function listenOnce(pool: Pool, wake: Wake, signal: AbortSignal): Promise<boolean> {
  const client = await pool.connect();
  const over = Promise.withResolvers<void>();
  const end = (): void => over.resolve();
  const onNotification = ({ payload }: Notification): void => wake(payload ?? '');
  client.on('error', end).on('end', end).on('notification', onNotification);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    await client.query(`listen ${CHANNEL}`);
    for (const id of await projectIds(client)) wake(id);
    await over.promise;
    return true;
  } finally {
    signal.removeEventListener('abort', end);
    client.off('notification', onNotification);
    // Never back into the pool: it listens. Its error listener stays, for errors on the way out.
    client.release(true);
  }
}

async function projectIds(client: PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>('select id from harness.project');
  return rows.map((row) => row.id);
}
