import type { Board, Run } from '../../../src/server/contract.ts';

/** What can be asked of a run as it stands. */
export interface Controls {
  readonly resume: boolean;
  readonly pause: boolean;
  readonly stop: boolean;
  /** Begin another run. */
  readonly begin: boolean;
}

const ENDED: ReadonlySet<Run['status']> = new Set([
  'stopped',
  'completed',
  'failed',
  'paused',
  'limited',
]);

/**
 * A run that nobody carries out can be resumed too, unless an answer is what it waits for; a completed
 * one is followed by another.
 */
export function controlsOf(
  run: Pick<Run, 'status' | 'control' | 'hosted'>,
  questions: number,
): Controls {
  const ended = ENDED.has(run.status);
  const asked = run.control !== null || run.status === 'stopping';
  return {
    resume: ended ? run.status !== 'completed' : !run.hosted && questions === 0,
    pause: !ended && !asked && run.hosted,
    stop: !ended && !asked,
    begin: run.status === 'completed',
  };
}

/** Within it a process that carries out a new run is there, or said why not. */
const START_MS = 60_000;

/** A run that waits for the process that the server starts for it, or was just begun by another. */
export function isStarting(
  run: Pick<Run, 'status' | 'hosted' | 'created_at'>,
  { starting }: Pick<Board, 'starting'>,
  now: number,
): boolean {
  if (starting) return !run.hosted;
  return run.status === 'pending' && !run.hosted && now - Date.parse(run.created_at) < START_MS;
}
