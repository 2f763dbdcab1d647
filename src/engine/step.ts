import { DBOS } from '@dbos-inc/dbos-sdk';
import { engine } from './deps.ts';

/**
 * A recorded step of a workflow that outlasts the database's absence. Once this process may no
 * longer act, the step never ends: an end, also a failed one, would be recorded, and the worker that
 * takes over could not carry it out. The body must bear being repeated.
 */
export function step<T>(name: string, body: () => Promise<T>): Promise<T> {
  return DBOS.runStep(() => lasting(body), { name });
}

async function lasting<T>(body: () => Promise<T>): Promise<T> {
  // This membership's: a process that lost it may be a member again before its steps notice.
  const { deps, lease } = engine();
  try {
    return await deps.steadily(() => (lease.aborted ? forEver() : body()));
  } catch (error) {
    if (lease.aborted) return forEver();
    throw error;
  }
}

function forEver(): Promise<never> {
  return new Promise<never>(() => undefined);
}
