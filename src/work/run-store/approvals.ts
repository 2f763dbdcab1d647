import type { Approval, ApprovalAnswer } from '../../domain/approval.ts';
import type { PhaseName } from '../../domain/phase.ts';
import type { InTransaction } from './in-transaction.ts';
import type { Question } from './questions.ts';
import type { RunKey } from './run-key.ts';

/** Questions put to a person. Each is answered once, for the state it was asked about (I4). */
export interface ApprovalRows {
  /**
   * Idempotent by id; the run becomes `waiting_approval`. Touches nothing once the run has been
   * opened again.
   */
  ask(run: RunKey, question: Question): Promise<void>;
  /** Binds an unanswered question to the state as it is now. Throws `APPROVAL_STALE`. */
  askAgain(id: string, stateHash: string): Promise<void>;
  /**
   * Records the answer for this state; a refused change goes back to its item with the reason. Throws
   * `APPROVAL_STALE` (exit 2) when answered already or asked about another state.
   */
  answer(
    id: string,
    order: {
      readonly answer: ApprovalAnswer;
      readonly stateHash: string;
      readonly also: InTransaction;
    },
  ): Promise<void>;
  /**
   * The run becomes `waiting_approval`, if it is running in this generation and exactly these questions
   * (ids) are open.
   */
  wait(run: RunKey, seen: readonly string[]): Promise<boolean>;
  /** Answered or not. */
  get(id: string): Promise<Approval | undefined>;
  /** What is to be answered, oldest first. */
  pending(runId: string): Promise<readonly Approval[]>;
  /** All questions about changes made for one work item, or, without one, in a phase; oldest first. */
  changes(
    runId: string,
    owner: { readonly phase: PhaseName; readonly itemKey: string | null },
  ): Promise<readonly Approval[]>;
}
