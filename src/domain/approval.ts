import type { Role } from './attempt.ts';
import type { PhaseName } from './phase.ts';

/** A question put to a person, bound to the state it was asked for. */
export interface Approval {
  readonly id: string;
  readonly projectId: string;
  readonly runId: string;
  readonly phase: PhaseName;
  /** Attempt of the phase whose result is asked about, or that made the change. */
  readonly attempt: number;
  /** Hash of what is to be approved; an answer to another state is refused. */
  readonly stateHash: string;
  readonly question: string;
  /** What an agent changed of the judge's files (I4); null: a phase's result is asked about. */
  readonly change: ProtectedChange | null;
  readonly askedAt: string;
  readonly answer: ApprovalAnswer | null;
}

export type ApprovalAnswer =
  | { readonly kind: 'approved'; readonly by: string }
  /** The document's new text replaces the agent's. */
  | { readonly kind: 'edited'; readonly by: string; readonly text: string }
  /** The phase or the work item is tried again and its prompt holds the reason. */
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string };

/** An agent's change of files that belong to whoever judges its work. */
export interface ProtectedChange {
  readonly role: Role;
  /** Null: no work item asked for it, it is the scaffold's. */
  readonly itemKey: string | null;
  /** The agent's work as it was handed in: once approved, it goes on to the gate. */
  readonly commit: string;
  readonly files: readonly ProtectedFile[];
  /** Unified diff of these files, for people: redacted, and cut where it gets long. */
  readonly diff: string;
}

export interface ProtectedFile {
  readonly path: string;
  readonly deed: 'adds' | 'changes' | 'removes';
  /** Whose file it is, in a few words. */
  readonly because: string;
}

/** What people name a question by: the work item, or else the phase. */
export function namedBy(approval: Pick<Approval, 'phase' | 'change'>): string {
  return approval.change?.itemKey ?? approval.phase;
}

/** One line a person recognises the file by. */
export function fileLine({ path, deed, because }: ProtectedFile): string {
  return `${deed} ${path} (${because})`;
}
