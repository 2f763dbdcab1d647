import type { Attempt } from '../../domain/attempt.ts';
import type { ItemDraft, WorkItem } from '../../domain/work-item.ts';
import type { InTransaction } from './in-transaction.ts';

/** An item that was just taken, with the attempt that was opened for it. */
export interface ClaimedItem {
  readonly item: WorkItem;
  readonly attempt: Attempt;
}

/** What the dispatcher looks at again and again: without texts, which can be long. */
export type ItemStanding = Pick<
  WorkItem,
  'key' | 'status' | 'dependencies' | 'labels' | 'notBefore' | 'reason' | 'updatedAt'
>;

/** What people may change of an item in the tracker; what is absent stays. */
export type ItemEdit = Partial<
  Pick<
    WorkItem,
    'title' | 'description' | 'priority' | 'dependencies' | 'parent' | 'labels' | 'checks'
  >
>;

/**
 * Work items by key. `by` names who asked for a change: a person, a role or the harness; it stands in
 * the event.
 */
export interface ItemRows {
  /** All of the project, the most urgent first, then by key. */
  list(projectId: string): Promise<readonly WorkItem[]>;
  /** Those of one run: a project keeps those of its earlier runs too. */
  ofRun(runId: string): Promise<readonly WorkItem[]>;
  /** The same, with only what says where they stand. */
  standing(runId: string): Promise<readonly ItemStanding[]>;
  get(projectId: string, key: string): Promise<WorkItem | undefined>;
  /**
   * Adds what `draftOf` makes of all that the project has, while nobody else adds any, and returns it as
   * it was stored. What `draftOf` throws is thrown, and nothing added; so is `ITEM_TAKEN` (exit 2) when
   * there is one of its key.
   */
  addOne(
    runId: string,
    draftOf: (known: readonly WorkItem[]) => ItemDraft,
    by: string,
  ): Promise<WorkItem>;
  /**
   * Keys of those drafts that are other items' of the project: what `by` was told to add to this run,
   * with the same title and dependencies, is the same item, whatever people made of it since.
   */
  taken(runId: string, drafts: readonly ItemDraft[], by: string): Promise<readonly string[]>;
  /**
   * Adds those whose key is new; safe to repeat. Throws `ITEM_TAKEN` (exit 2) and adds nothing when one of
   * them is another item's, as `taken` has it.
   */
  add(runId: string, drafts: readonly ItemDraft[], by: string): Promise<void>;
  /** Those that the tracker has already: nothing is written there, and one that is known stays as it is. */
  adopt(runId: string, drafts: readonly ItemDraft[], by: string): Promise<void>;
  /**
   * Takes the first ready item (todo, dependencies done, `notBefore` past, no open attempt) if fewer
   * than `parallel` agents of the run are at work, opens its attempt and runs `also` in the same
   * transaction. With `labels` only one that carries one of them; none: any. Undefined when there is
   * nothing to take.
   */
  claimNext(
    runId: string,
    order: {
      readonly parallel: number;
      readonly attemptId: string;
      readonly sessionId: string;
      readonly labels?: readonly string[];
    },
    also: (claimed: ClaimedItem) => InTransaction,
  ): Promise<ClaimedItem | undefined>;
  /**
   * Takes it out of the queue; its open attempt cannot move it any more, and whoever carries that out
   * ends it. No-op when
   * blocked already; throws `ITEM_DONE` (exit 2) for a finished one.
   */
  block(projectId: string, key: string, reason: string, by: string): Promise<void>;
  /**
   * Back to todo with a clean slate of failures, or to in_progress while its attempt is still open.
   * Throws `ITEM_DONE` (exit 2) for a finished one.
   */
  retry(projectId: string, key: string, by: string): Promise<void>;
  /** What a person changed in the tracker, taken over before dispatch. */
  edit(projectId: string, key: string, change: ItemEdit, by: string): Promise<void>;
}
