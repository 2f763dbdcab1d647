/** The clone in which one attempt may write. */
export interface Workspace {
  readonly attemptId: string;
  /** Absolute path of the work tree, in the data folder. */
  readonly path: string;
  /** Commit of main it started from. */
  readonly base: string;
  /** Read-only git objects it borrows: must be readable in its box. */
  readonly objects: readonly string[];
}

/** What was saved, and what was not. */
export interface Rescue {
  readonly ref: string;
  readonly files: number;
  /** Declared dependency and build folders, and files over the size cap, left out. */
  readonly skipped: readonly string[];
}

/** An item's work on top of main, not on main yet; or the files in conflict. */
export type Merge =
  | {
      readonly kind: 'clean';
      readonly commit: string;
      readonly tree: string;
      readonly base: string;
    }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/**
 * What came of bringing main, at that commit, to the user: `current` when it is there already, `delayed` with the
 * reason for people.
 */
export type Landing =
  | { readonly kind: 'landed'; readonly commit: string }
  | { readonly kind: 'current'; readonly commit: string }
  | { readonly kind: 'delayed'; readonly reason: string };
