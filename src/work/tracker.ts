import type { BackendSettings } from '../domain/run.ts';
import type { ItemStatus, Priority } from '../domain/work-item.ts';

/** What people see and edit: title, text and priority are theirs, status is the harness's. */
export interface TrackedItem {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly priority: Priority;
  readonly dependencies: readonly string[];
  /** Key of what it is a part of; shown to people, and decides nothing. */
  readonly parent: string | null;
  readonly labels: readonly string[];
  readonly status: ItemStatus;
  /** A person called it off: wins over everything. */
  readonly cancelled: boolean;
  readonly claim: TrackerClaim | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Names of teams and projects change, ids don't. */
export type Placed = Pick<BackendSettings, 'linearTeam' | 'linearProject'>;

/** What an item goes by outside of the harness; all three are one where the tracker has no names of its own. */
export interface ItemName {
  readonly key: string;
  /** Lasting, and understood by the tracker's own tools. */
  readonly id: string;
  /** What people see and say by now. */
  readonly name: string;
}

/** What an item begins with; its state and owner are the tracker's. */
export type NewItem = Pick<
  TrackedItem,
  'key' | 'title' | 'description' | 'priority' | 'dependencies' | 'labels' | 'parent'
>;

/** Who holds an item; every write about it carries this, and an old one is refused. */
export interface TrackerClaim {
  readonly key: string;
  readonly owner: string;
  /** Grows with every claim of the item; a write with an older one is refused. */
  readonly fence: number;
}

/** A remark on an item, by a person or by the harness; `at` in RFC 3339, UTC. */
export interface TrackerComment {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly at: string;
}

/** Until when a `TRACKER_LIMITED` says that nothing can be asked, ISO time; null for any other error. */
export function endOfLimit(error: Error): string | null {
  return 'until' in error && typeof error.until === 'string' ? error.until : null;
}

/**
 * Where people follow the work items. Adapters: memory, JSON file, Postgres, Linear; one contract
 * suite for all. Unknown keys throw HarnessError `ITEM_UNKNOWN`; a damaged store throws `TRACKER_DAMAGED`
 * (exit 2) and is never overwritten.
 */
export interface WorkTracker {
  /**
   * Before anything is paid for: makes what the tracker needs of its own, and throws what would keep
   * items from being written. Changes no item; safe to repeat. Gives what a run is to remember of where its
   * items are, by what lasts; null: nothing beyond what was said.
   */
  prepare(): Promise<Placed | null>;
  /** Makes items of what people made in the tracker beside the harness; nothing where all is one already. */
  adopt(): Promise<void>;
  /** Every item, in the order of the queue (priority, then key; `none` last). */
  list(filter?: { readonly status?: ItemStatus }): Promise<readonly TrackedItem[]>;
  get(key: string): Promise<TrackedItem>;
  /** Of every item, in no order. A name may be the key of another item that was called so before. */
  names(): Promise<readonly ItemName[]>;
  /** Creates those whose key is new and leaves the others alone: safe to repeat after a crash. */
  create(items: readonly NewItem[]): Promise<void>;
  /** Changes what people own; null clears nothing here, absent means unchanged. */
  edit(
    key: string,
    change: Partial<
      Pick<TrackedItem, 'title' | 'description' | 'priority' | 'labels' | 'cancelled'>
    >,
  ): Promise<TrackedItem>;
  /** The first item that is `todo` with all dependencies done; undefined when there is none. */
  next(): Promise<TrackedItem | undefined>;
  /** `todo` to `in_progress`; undefined when it is not todo, cancelled, or waits. Never throws for a lost race. */
  claim(key: string, owner: string): Promise<TrackerClaim | undefined>;
  /**
   * A claim that was decided elsewhere, whatever the item waits for here and whoever put it where it is:
   * undefined only when another holds it, or it is done or cancelled. Its owner's own claim comes back as
   * it stands, so it is safe to repeat.
   */
  take(key: string, owner: string): Promise<TrackerClaim | undefined>;
  /** Refused with `CLAIM_LOST` when the fence is no longer the newest. */
  finish(claim: TrackerClaim, status: 'done' | 'blocked'): Promise<void>;
  /** Back to `todo`; refused with `CLAIM_LOST` likewise. */
  release(claim: TrackerClaim): Promise<void>;
  /**
   * On a person's word: an item that nobody holds goes from todo to blocked, or back. Anything else
   * stays as it is.
   */
  move(key: string, to: 'todo' | 'blocked'): Promise<void>;
  /** `id` makes it idempotent: the same id twice is one comment. */
  comment(
    key: string,
    comment: { readonly id: string; readonly author: string; readonly text: string },
  ): Promise<void>;
  comments(key: string): Promise<readonly TrackerComment[]>;
  /**
   * Somebody waits for an end: for a minute, no answer from afar is waited for longer than a few seconds, and
   * what is under way neither. Those of this machine have no need of it.
   */
  hurry?(): void;
  /** What is under way is given up, and nothing is asked any more. */
  close(): Promise<void>;
}
