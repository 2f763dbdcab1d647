import type { PhaseName, PhaseState } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';
import type { PhaseEnd } from '../phases/phase.ts';

/** What the pipeline does after an attempt at a phase. */
export type Decision =
  | { readonly kind: 'approve'; readonly outputs: readonly string[] }
  | { readonly kind: 'completed'; readonly outputs: readonly string[] }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly reason: string }
  /** The provider's limit: wait, then the same again, uncounted. */
  | { readonly kind: 'wait'; readonly delayMs: number; readonly reason: string }
  /** A person was asked about a change: the same again with the answer, uncounted. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'park'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string }
  /** Someone is ending the run: leave everything as it is. */
  | { readonly kind: 'leave' };

/** All that decides what follows an attempt at a phase. */
export interface DecisionFacts {
  readonly run: Run;
  readonly phase: PhaseName;
  readonly end: PhaseEnd;
  /** Failed attempts at this phase before this one, in this generation. */
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The one rule for what follows an attempt at a phase; pure. */
export function decide(facts: DecisionFacts): Decision {
  const { run, phase, end } = facts;
  // What is finished counts, also when somebody is ending the run.
  if (end.status === 'completed')
    return { kind: wantsApproval(run, phase) ? 'approve' : 'completed', outputs: end.outputs };
  if (run.control !== null) return { kind: 'leave' };
  if (end.status === 'asked') return { kind: 'ask' };
  // Nobody asked for it: a worker left in the middle. Once more, uncounted.
  if (end.status === 'aborted')
    return { kind: 'wait', delayMs: run.settings.retryDelayMs, reason: end.reason };
  if (end.status === 'limited') return afterLimit(end, facts);
  if (end.status === 'blocked') return { kind: 'fail', reason: end.reason };
  return facts.failures >= run.settings.phases[phase].maxRetries
    ? { kind: 'fail', reason: end.reason }
    : {
        kind: 'retry',
        delayMs: run.settings.retryDelayMs * 2 ** facts.failures,
        reason: end.reason,
      };
}

function afterLimit(
  end: Extract<PhaseEnd, { status: 'limited' }>,
  { run, now }: DecisionFacts,
): Decision {
  const wait = Date.parse(end.until ?? '') - now;
  // A provider's word: what is no time says nothing, and a reset that is over is no reason to hurry.
  if (Number.isNaN(wait)) return { kind: 'park', reason: end.reason };
  const delayMs = Math.max(run.settings.retryDelayMs, wait);
  return delayMs > run.settings.maxLimitWaitMs
    ? { kind: 'park', reason: end.reason }
    : { kind: 'wait', delayMs, reason: end.reason };
}

/** `full` never waits for a phase; `checkpoint` waits where the configuration says so (A7). */
export function wantsApproval(run: Run, phase: PhaseName): boolean {
  return run.settings.autonomy === 'checkpoint' && run.settings.phases[phase].checkpointPause;
}

/** Where the pipeline starts with a phase, from what is stored of it. */
export function entryOf(run: Run, state: PhaseState): 'run' | 'skip' | 'approve' | 'over' | 'halt' {
  if (state.status === 'completed' || state.status === 'skipped') return 'over';
  if (run.control !== null) return 'halt';
  if (!run.settings.phases[state.name].enabled) return 'skip';
  return state.status === 'waiting_approval' ? 'approve' : 'run';
}
