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

export interface Rescue {
  readonly ref: string;
  readonly files: number;
  /** Declared dependency and build folders, and files over the size cap, left out. */
  readonly skipped: readonly string[];
}

export type Merge =
  | {
      readonly kind: 'clean';
      readonly commit: string;
      readonly tree: string;
      readonly base: string;
    }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

export type Landing =
  | { readonly kind: 'landed'; readonly commit: string }
  | { readonly kind: 'current' }
  | { readonly kind: 'delayed'; readonly reason: string };
