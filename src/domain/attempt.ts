import type { PhaseName } from './phase.ts';

/** Who does the work of a session. Roles of the swarms carry their phase: `ideation:edge_cases`. */
export type Role = string;

/** Why an attempt did not succeed, for programs; the sentence beside it is for people. */
type FailureCode =
  | 'checks_failed'
  | 'nothing_changed'
  | 'merge_conflict'
  | 'session_failed'
  | 'bad_output'
  | 'agent_blocked'
  | 'refused_calls'
  | 'protected_path'
  | 'environment'
  | 'infrastructure';

/** How a try at a phase role or a work item ended. Retry rules differ, so the ends are distinct. */
export type AttemptEnd =
  | { readonly status: 'succeeded'; readonly commit: string | null; readonly text: string | null }
  | { readonly status: 'failed'; readonly code: FailureCode; readonly reason: string }
  /** It changed what only a person may change; the question waits for an answer. */
  | { readonly status: 'asked'; readonly reason: string }
  | { readonly status: 'limited'; readonly until: string | null; readonly reason: string }
  | { readonly status: 'timed_out' | 'stalled' | 'aborted'; readonly reason: string };

export interface Attempt {
  readonly id: string;
  readonly projectId: string;
  readonly runId: string;
  readonly phase: PhaseName;
  readonly role: Role;
  /** Work item; null for planning, initialize and testing sessions. */
  readonly itemKey: string | null;
  readonly number: number;
  /** SDK session id, chosen when the attempt is opened. */
  readonly sessionId: string;
  readonly fence: number;
  readonly end: AttemptEnd | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** Proof of being the newest execution of an attempt; every write of a worker carries it. */
export interface Fence {
  readonly attemptId: string;
  readonly number: number;
}

/** It would end the same way again: a person has to allow something, or say how to do without. */
export function needsPerson(end: AttemptEnd): boolean {
  return end.status === 'failed' && end.code === 'refused_calls';
}

const TROUBLES: ReadonlySet<FailureCode> = new Set([
  'infrastructure',
  'environment',
  'session_failed',
]);

/** Ours or the provider's, not the work's: more of the same would burn money for nothing. */
export function isTrouble(end: AttemptEnd | null): boolean {
  return end?.status === 'failed' && TROUBLES.has(end.code);
}

/** Limits, stops, questions and lost leases are nobody's fault: they never count as failures. */
export function countsAsFailure(end: AttemptEnd): boolean {
  return end.status === 'failed' || end.status === 'timed_out' || end.status === 'stalled';
}
