import type { PhaseName, PhaseState, PhaseStatus } from '../../domain/phase.ts';
import type { RunKey } from './run-key.ts';

/** The seven phases of each run. Writes touch nothing once the run has been opened again. */
export interface PhaseRows {
  /** In the order in which they are carried out, those not begun included. */
  list(runId: string): Promise<readonly PhaseState[]>;
  /** pending to running, attempts + 1; repeated after a crash with the same number it changes nothing. */
  start(run: RunKey, phase: PhaseName, attempt: number): Promise<void>;
  /** What attempts up to this one made does not count any more, and why; never taken back. */
  discard(
    run: RunKey,
    phase: PhaseName,
    what: { readonly attempt: number; readonly reason: string },
  ): Promise<void>;
  /** Ended as `failed`, all that its attempts made is discarded. */
  end(
    run: RunKey,
    phase: PhaseName,
    end: {
      readonly status: PhaseStatus;
      readonly error: string | null;
      readonly outputs: readonly string[];
    },
  ): Promise<void>;
}
