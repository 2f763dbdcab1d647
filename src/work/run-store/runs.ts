import type { Run, RunControl, RunSettings, RunStatus } from '../../domain/run.ts';
import type { InTransaction } from './in-transaction.ts';
import type { RunKey, SeenRun } from './run-key.ts';

/** Runs: at most one of a project has not ended. */
export interface RunRows {
  /** Throws `RUN_ACTIVE` (exit 2) while another run of the project has not ended. */
  create(order: {
    readonly id: string;
    readonly projectId: string;
    readonly idea: string;
    readonly settings: RunSettings;
  }): Promise<Run>;
  get(id: string): Promise<Run | undefined>;
  /** The one of the project created last. */
  latest(projectId: string): Promise<Run | undefined>;
  /** The one created last, over all projects. */
  newest(): Promise<Run | undefined>;
  /** Runs that have not ended, over all projects, of this label. */
  live(label: string): Promise<readonly Run[]>;
  /**
   * Compare and set: false, and nothing happens, when the run has been opened again or has another
   * status than was seen. No event when nothing changes.
   */
  setStatus(seen: SeenRun, status: RunStatus, reason: string | null): Promise<boolean>;
  /**
   * Ends a live run that nobody carries out, its attempts and sessions with it, and gives its items
   * back. False, and nothing happens, when it has ended or has been opened again.
   */
  end(
    run: RunKey,
    to: { readonly status: RunStatus; readonly reason: string | null },
  ): Promise<boolean>;
  /** Recorded for whoever hosts the run. */
  control(id: string, control: RunControl | null): Promise<void>;
  /** The harness's own request, with its reason; what a person asked before stands. */
  hold(run: RunKey, control: 'park' | 'pause' | 'stop', reason: string): Promise<void>;
  /** Changes settings of a run that goes on as it is. */
  amend(id: string, settings: Partial<RunSettings>): Promise<void>;
  /** Opens an ended run again: next generation, control cleared, running phases pending, failed ones with fresh tries; of a complete one, `implement`. */
  reopen(
    id: string,
    settings: Partial<RunSettings>,
    also: (run: Run) => InTransaction,
  ): Promise<Run>;
  /** The command that tests the whole project, for the gates of all its items from now on. */
  setProjectCheck(id: string, command: string): Promise<void>;
}
