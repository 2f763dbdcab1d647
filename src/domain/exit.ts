import { isBudgetReached, isCapReached, isTroubled, type Run, type RunStatus } from './run.ts';

/** Reasons that begin with this end the process with status 4: only a person can mend it. */
export const CREDENTIAL_REFUSED = 'credential refused';

/** 75: parked by a cap of any kind, resumable; 130: ended by request, resumable; 3: a person is asked. */
const EXITS: Readonly<Record<RunStatus, number>> = {
  completed: 0,
  waiting_approval: 3,
  limited: 75,
  stopped: 130,
  stopping: 130,
  paused: 130,
  failed: 1,
  pending: 1,
  running: 1,
};

/**
 * The exit status that tells a script how a run stands. In demo mode the cap of sessions is what was
 * asked for, and no limit.
 */
export function exitOf(
  run: Pick<Run, 'status' | 'reason'> & { readonly settings: Pick<Run['settings'], 'demo'> },
): number {
  if (run.status === 'limited' && run.settings.demo !== undefined && isCapReached(run.reason))
    return 0;
  if (run.status === 'paused' && isTroubled(run.reason)) return 75;
  if (run.status === 'stopped' && isBudgetReached(run.reason)) return 75;
  return run.reason?.startsWith(CREDENTIAL_REFUSED) === true ? 4 : EXITS[run.status];
}
