/** What must hold, agreed before the work; run by the harness, never by the agent's word. */
export type Check =
  | {
      readonly kind: 'command';
      /** Shell command, run from the root of a pristine checkout inside the box. */
      readonly run: string;
      /** Exit status that passes. */
      readonly exit: number;
    }
  | {
      readonly kind: 'file';
      /** Path relative to the root; must be a regular file. */
      readonly path: string;
      /** Text that it must hold, if given. */
      readonly contains?: string;
    };

/** What was run, how it ended, on which tree. "Could not run" is a failure of its own (I3). */
export interface Evidence {
  readonly check: Check;
  readonly verdict: 'passed' | 'failed' | 'could_not_run';
  /** Exit status; null when it never ran or a signal ended it. */
  readonly exit: number | null;
  /** Last 4 KB of output, control sequences stripped, secrets redacted. */
  readonly tail: string;
  readonly durationMs: number;
  /** Git tree that was judged. */
  readonly tree: string;
}

/** All passed, and there was something to pass: no evidence proves nothing. */
export function proved(evidence: readonly Evidence[]): boolean {
  return evidence.length > 0 && evidence.every((piece) => piece.verdict === 'passed');
}

/** One line a person recognises the check by. */
export function describeCheck(check: Check): string {
  if (check.kind === 'command')
    return check.exit === 0 ? check.run : `${check.run} (exit ${check.exit})`;
  return check.contains === undefined
    ? `file ${check.path}`
    : `file ${check.path} contains "${check.contains}"`;
}
