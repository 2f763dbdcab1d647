import type { Attempt, AttemptEnd, Fence, Role } from '../../domain/attempt.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { PhaseName } from '../../domain/phase.ts';
import type { OpenSession } from './open-session.ts';
import type { OutboxOp } from './outbox.ts';
import type { ChangeQuestion } from './questions.ts';

/** Tries at a role or at a work item. One of an item is open at a time. */
export interface AttemptRows {
  /** Opens the attempt of a role; returns the existing one when its id is known. */
  open(order: {
    readonly id: string;
    readonly runId: string;
    readonly phase: PhaseName;
    readonly role: Role;
    readonly number: number;
    readonly sessionId: string;
  }): Promise<Attempt>;
  get(id: string): Promise<Attempt | undefined>;
  /** Of this run, oldest first; each filter that is given must hold. */
  list(
    runId: string,
    filter?: { readonly open?: boolean; readonly itemKey?: string; readonly phase?: PhaseName },
  ): Promise<readonly Attempt[]>;
  /** The newest attempt of each role of the phase that succeeded and was not discarded since. */
  kept(runId: string, phase: PhaseName): Promise<readonly Attempt[]>;
  /** `atWork`: with an agent that works on an item; what is only to be proved yet is open, too. */
  count(
    runId: string,
    filter?: { readonly open?: boolean; readonly atWork?: true },
  ): Promise<number>;
  /** Ids of attempts that have ended. */
  ended(runId: string): Promise<readonly string[]>;
  /**
   * This execution becomes the newest, so that writes of earlier ones touch nothing; undefined when the
   * attempt has ended. `owner`: the worker that executes it.
   */
  takeFence(id: string, owner: string): Promise<Fence | undefined>;
  /**
   * Runs `effect` while the fence is held by a row lock, and nobody can stop the run or take the item
   * away: `held`. `lost`: the fence is not ours any more; `called_off`: a person ended the run or took
   * the item out of the queue.
   * `effect` may call `record` and `touch`; `close`, `takeFence` and `reopen` would wait for its end.
   * It must be short: the server ends a transaction idle for 15 s, and then this throws although
   * the effect took place.
   */
  whileFenced(fence: Fence, effect: () => Promise<void>): Promise<'held' | 'lost' | 'called_off'>;
  /** Appends facts of a running attempt. */
  record(fence: Fence, events: readonly HarnessEvent[]): Promise<boolean>;
  /** An agent works on it, also where a former execution had said that its session was over. */
  takeUp(fence: Fence): Promise<boolean>;
  /** Its session is over and only the proof is left: its agent's slot is free again. */
  handIn(fence: Fence, events: readonly HarnessEvent[]): Promise<boolean>;
  /** Sign of life, for `last_event_at`; at most every few seconds. */
  touch(fence: Fence): Promise<boolean>;
  /** The sessions of open attempts, oldest first. */
  sessions(runId: string): Promise<readonly OpenSession[]>;
  /**
   * Ends it and moves its item with it: done with the commit; todo again; blocked after
   * `itemMaxAttempts` failures.
   */
  close(
    fence: Fence,
    end: AttemptEnd,
    order: {
      readonly itemMaxAttempts: number;
      /** Milliseconds from now before the item may be dispatched again. */
      readonly delayMs: number;
      readonly events: readonly HarnessEvent[];
      /** What the tracker is told of a success, in place of the commit alone. */
      readonly note?: string;
      /** Further writes to the tracker, queued with the end. */
      readonly writes?: readonly OutboxOp[];
      /** The question with which it ends as `asked`: its item waits until that is answered. */
      readonly question?: ChangeQuestion;
    },
  ): Promise<boolean>;
}
