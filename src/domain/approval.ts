import type { PhaseName } from './phase.ts';

/** A question put to a person, bound to the state it was asked for. */
export interface Approval {
  readonly id: string;
  readonly projectId: string;
  readonly runId: string;
  readonly phase: PhaseName;
  /** Attempt of the phase whose result is asked about. */
  readonly attempt: number;
  /** Hash of what is to be approved; an answer to another state is refused. */
  readonly stateHash: string;
  readonly question: string;
  readonly askedAt: string;
  readonly answer: ApprovalAnswer | null;
}

export type ApprovalAnswer =
  | { readonly kind: 'approved'; readonly by: string }
  /** The document's new text replaces the agent's. */
  | { readonly kind: 'edited'; readonly by: string; readonly text: string }
  /** The phase runs again and its prompt holds the reason. */
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string };
