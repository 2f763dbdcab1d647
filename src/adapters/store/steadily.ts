import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf } from '../../domain/errors.ts';
import { noConnectionLeft } from './no-connection-left.ts';

/** Between two tries; a killed embedded server is back within a second or two. */
const PAUSE_MS = 250;

/** Of Postgres: connection exceptions (class 08), shutting down, crashed, starting up. */
const AWAY_STATES = /^(?:08...|57P0[123])$/;

const AWAY_CALLS = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'];

/** What the driver says without any code. */
const AWAY_WORDS =
  /^Connection terminated|^timeout exceeded when trying to connect|connection error and is not queryable|^Client was closed/;

/** Whether a query failed because no server answered, and not because of what was asked. */
export function databaseIsAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  // Somebody's connection will be free again.
  if (noConnectionLeft(error)) return true;
  if (AWAY_STATES.test(code) || AWAY_CALLS.some((call) => hasCode(error, call))) return true;
  return AWAY_WORDS.test(messageOf(error)) || databaseIsAway(error.cause);
}

/**
 * Repeats the body while the database is away, after `mend` each time; the body must bear being
 * repeated, since its last write may have been made. Throws whatever else it throws, and what `mend`
 * throws to give up.
 */
export async function steadily<T>(body: () => Promise<T>, mend: () => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await body();
    } catch (error) {
      if (!databaseIsAway(error)) throw error;
    }
    await mend();
    await sleep(PAUSE_MS);
  }
}
