import type { ItemDraft } from '../../domain/work-item.ts';

/**
 * A write to the tracker that was decided but not made yet. `owner` names the claim it belongs to;
 * a comment's `id` makes it one comment however often it is tried.
 */
export type OutboxOp =
  | { readonly op: 'create'; readonly items: readonly ItemDraft[] }
  | { readonly op: 'claim'; readonly key: string; readonly owner: string }
  | {
      readonly op: 'finish';
      readonly key: string;
      readonly owner: string;
      readonly status: 'done' | 'blocked';
    }
  | { readonly op: 'release'; readonly key: string; readonly owner: string }
  | {
      readonly op: 'comment';
      readonly key: string;
      readonly id: string;
      readonly author: string;
      readonly text: string;
    };

/** Numbered over all projects, with gaps. */
interface OutboxEntry {
  readonly id: number;
  readonly projectId: string;
  readonly op: OutboxOp;
  readonly createdAt: string;
}

/** Writes to the tracker, queued in the transaction that decided them, made in order afterwards. */
export interface OutboxRows {
  /** What is still to be written, oldest first. */
  pending(projectId: string, limit: number): Promise<readonly OutboxEntry[]>;
  /** Written; repeating it changes nothing. */
  done(id: number): Promise<void>;
}
