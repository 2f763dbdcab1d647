import { DBOS } from '@dbos-inc/dbos-sdk';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDiskFull } from '../domain/disk-full.ts';
import { hasCode } from '../domain/errors.ts';
import { engine } from './deps.ts';
import { noteFull } from './room.ts';

/** Between two tries of a step that finds no room; meanwhile the run is parked. */
const ROOM_PAUSE_MS = 1000;

/** Of the process that starts programs. Whoever ends it again and again ends the step too. */
const MOST_ENDS = 5;

/** Whether the process beside this one that starts programs was killed: nothing is wrong with what it did. */
export function launcherIsGone(error: unknown): boolean {
  return hasCode(error, 'LAUNCHER_ENDED');
}

/**
 * A recorded step of a workflow that outlasts the database's absence, a full disk and the death of the process
 * that starts programs. Once this process may no
 * longer act, the step never ends: an end, also a failed one, would be recorded, and the worker that
 * takes over could not carry it out. The body must bear being repeated.
 */
export function step<T>(name: string, body: () => Promise<T>): Promise<T> {
  return DBOS.runStep(() => lasting(body), { name });
}

async function lasting<T>(body: () => Promise<T>): Promise<T> {
  // This membership's: a process that lost it may be a member again before its steps notice.
  const present = engine();
  const { deps, lease } = present;
  const cancelled = DBOS.stepStatus?.cancelSignal;
  for (let ends = 0; ;) {
    try {
      return await deps.steadily(() => (lease.aborted ? forEver() : body()));
    } catch (error) {
      if (lease.aborted) return forEver();
      if (launcherIsGone(error) && (ends += 1) < MOST_ENDS) continue;
      if (!isDiskFull(error) || cancelled?.aborted === true) throw error;
      noteFull(present, error);
    }
    await sleep(ROOM_PAUSE_MS);
  }
}

/** The end of an execution that may no longer act: it says nothing, and whoever took over goes on. */
export function forEver(): Promise<never> {
  return new Promise<never>(() => undefined);
}
