import type { Approval, ProtectedChange } from '../../domain/approval.ts';

/** What is put to a person about a change; the rest is known of the attempt. */
export type ChangeQuestion = Pick<Approval, 'id' | 'stateHash' | 'question'> & {
  readonly change: ProtectedChange;
};

/** What is put to a person about the result of a phase. */
export type Question = Pick<Approval, 'id' | 'phase' | 'attempt' | 'stateHash' | 'question'>;
