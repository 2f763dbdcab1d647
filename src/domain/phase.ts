/** The seven phases, in the order in which they run. */
export const PHASES = [
  'ideation',
  'architecture',
  'task_breakdown',
  'initialize',
  'implement',
  'testing',
  'deploy',
] as const;

export type PhaseName = (typeof PHASES)[number];

const STATUSES = [
  'pending',
  'running',
  'waiting_approval',
  'completed',
  'failed',
  'skipped',
] as const;

/** As stored. */
export type PhaseStatus = (typeof STATUSES)[number];

/** As people are told: `interrupted`, where its run ended in the middle of it; `resume` begins it again. */
export const SHOWN_PHASE_STATUSES = [...STATUSES, 'interrupted'] as const;

export type ShownPhaseStatus = (typeof SHOWN_PHASE_STATUSES)[number];

/** What a stored status says beside its run's: a run that ended has nothing running. */
export function shownStatus(status: PhaseStatus, runEnded: boolean): ShownPhaseStatus {
  return status === 'running' && runEnded ? 'interrupted' : status;
}

/** One phase of one run, as stored. Times are RFC 3339 UTC. */
export interface PhaseState {
  readonly name: PhaseName;
  readonly status: PhaseStatus;
  /** Attempts begun so far. */
  readonly attempts: number;
  /** What attempts up to this one made does not count any more: it failed or was rejected. */
  readonly discarded: number;
  /** Why, for those who make it again; null while nothing was discarded. */
  readonly feedback: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly error: string | null;
  /** Paths or names of what the phase left: `PRPs/plans/requirements.md`. */
  readonly outputs: readonly string[];
}

export interface PhaseSettings {
  readonly enabled: boolean;
  readonly pattern: 'single' | 'swarm';
  /** Ask for an approval when the phase has completed (under `autonomy: checkpoint`). */
  readonly checkpointPause: boolean;
  /** Retries after the first attempt. */
  readonly maxRetries: number;
  /** Wall clock of one attempt, milliseconds. */
  readonly timeoutMs: number;
  /** Sessions of this phase at once. */
  readonly parallel: number;
}
