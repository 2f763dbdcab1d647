import type { Run, RunStatus } from './run.ts';

/** Reasons that begin with this end the process with status 4: only a person can mend it. */
export const CREDENTIAL_REFUSED = 'credential refused';

/** 75: parked and resumable; 130: ended by request and resumable; 3: a person is asked. */
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

/** The exit status that tells a script how a run stands. */
export function exitOf(run: Pick<Run, 'status' | 'reason'>): number {
  return run.reason?.startsWith(CREDENTIAL_REFUSED) === true ? 4 : EXITS[run.status];
}
