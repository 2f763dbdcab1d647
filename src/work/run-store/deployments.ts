import type { DeployEnd } from '../../domain/deploy.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { RunKey } from './run-key.ts';

/** Decisions to deploy: the command of each is run at most once, unless a person says again. */
export interface DeploymentRows {
  /**
   * Before the command of this decision (one attempt at the phase) is run. `begun`: this execution
   * may run it. `ended`: it ran, and this came of it. `cut_off`: another execution began it and left
   * no end; with `again` that is begun once more instead.
   */
  begin(
    run: RunKey,
    order: {
      readonly attempt: number;
      readonly commit: string;
      /** New for each execution, the same when the call is repeated. */
      readonly execution: string;
      readonly again: boolean;
    },
  ): Promise<DeployStart>;
  /** Keeps the end, unless another execution has begun it since or it has ended. */
  end(
    run: RunKey,
    order: { readonly attempt: number; readonly execution: string; readonly end: DeployEnd },
    events: readonly HarnessEvent[],
  ): Promise<void>;
}

/** What is known of a decision when somebody wants to carry it out; `startedAt` in RFC 3339, UTC. */
export type DeployStart =
  | { readonly kind: 'begun' }
  | { readonly kind: 'ended'; readonly end: DeployEnd }
  | { readonly kind: 'cut_off'; readonly commit: string; readonly startedAt: string };
