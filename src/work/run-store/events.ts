import type { HarnessEvent, StoredEvent } from '../../domain/event.ts';

/** Facts of each project, numbered from 1 without a gap, never changed (I11). */
export interface EventRows {
  /** A move of main that is told already is left out, with the documents it brought. */
  append(projectId: string, runId: string | null, events: readonly HarnessEvent[]): Promise<void>;
  /** In order, at most `limit`, from the one after number `after`; 0 is before the first. */
  read(
    projectId: string,
    order: { readonly after: number; readonly limit: number },
  ): Promise<readonly StoredEvent[]>;
  /** Number of the newest; 0 before the first. */
  last(projectId: string): Promise<number>;
  /** Whether it was said that main moved to this commit. */
  mainMovedTo(projectId: string, commit: string): Promise<boolean>;
  /** Why agents of this run work without a box, as it was last said; null: all are sealed. */
  unsealed(projectId: string, runId: string): Promise<string | null>;
  /** When this run was carried out and when it stood still, in order: its `run.status` and `run.resumed`. */
  standings(projectId: string, runId: string): Promise<readonly StoredEvent[]>;
  /** Calls back soon after anything was committed; a wake-up only, readers re-read. Returns how to stop. */
  onCommit(wake: (projectId: string) => void): () => void;
}
