import { HarnessError } from '../../domain/errors.ts';
import { byPriority } from '../../domain/work-item.ts';
import type { TrackedItem, TrackerClaim } from '../../work/tracker.ts';

/** What the rules look at, whatever it is stored in. */
export type Standing = Pick<
  TrackedItem,
  'key' | 'priority' | 'dependencies' | 'status' | 'cancelled'
>;

/** The order of the queue; keys that number alike (`A-1`, `A-01`) still have one order. */
export function inOrder<T extends Standing>(items: Iterable<T>): readonly T[] {
  return [...items].toSorted((a, b) => byPriority(a, b) || (a.key < b.key ? -1 : 1));
}

/** Whether it may be claimed now. A cancelled dependency is not done. */
export function isReady(item: Standing, others: ReadonlyMap<string, Standing>): boolean {
  return (
    item.status === 'todo' &&
    !item.cancelled &&
    item.dependencies.every((key) => others.get(key)?.status === 'done')
  );
}

/**
 * Whether a claim that was decided elsewhere may have it: `yes`, `already` (the owner's own) or `no`: it is
 * another's, done or cancelled. What it waits for, and that people blocked or began it, is no reason.
 */
export function mayTake(
  item: Pick<TrackedItem, 'status' | 'cancelled'> & Pick<Holding, 'owner'>,
  owner: string,
): 'yes' | 'already' | 'no' {
  if (item.cancelled || item.status === 'done') return 'no';
  if (item.status !== 'in_progress' || item.owner === null) return 'yes';
  return item.owner === owner ? 'already' : 'no';
}

/**
 * Whether a claim may move its item: `yes`, `already` (it did, and the write is repeated after a
 * crash) or `no`. A released or finished item is out of its last claim's hands.
 */
export function mayMove(
  item: Pick<TrackedItem, 'status'> & Holding,
  claim: TrackerClaim,
  to: TrackedItem['status'],
): 'yes' | 'already' | 'no' {
  if (item.fence !== claim.fence) return 'no';
  if (item.status === 'in_progress') return item.owner === claim.owner ? 'yes' : 'no';
  return item.status === to ? 'already' : 'no';
}

/** Whether a person's word moves it: only from todo to blocked and back. */
export function mayBePut(item: Pick<TrackedItem, 'status'>, to: 'todo' | 'blocked'): boolean {
  return item.status === (to === 'todo' ? 'blocked' : 'todo');
}

/** Who holds an item; a null owner: nobody. */
export interface Holding {
  readonly owner: string | null;
  readonly fence: number;
}

/** The claim that holds it; null: none. */
export function claimOf(key: string, { owner, fence }: Holding): TrackerClaim | null {
  return owner === null ? null : Object.freeze({ key, owner, fence });
}

/** `ITEM_UNKNOWN` (exit 2). */
export function unknownItem(key: string): HarnessError {
  return new HarnessError(
    'ITEM_UNKNOWN',
    `there is no work item ${JSON.stringify(key)}: list them with \`harness items\``,
    { exit: 2 },
  );
}

/** `CLAIM_LOST`: another claim is newer, so nothing was written. */
export function claimLost(claim: TrackerClaim): HarnessError {
  const held = `claim ${claim.fence} of ${JSON.stringify(claim.key)} by ${claim.owner}`;
  return new HarnessError(
    'CLAIM_LOST',
    `${held} does not hold any more: read the item again before writing to it`,
  );
}

/** @param where The file or table, with line and column where that is known. */
export function damaged(where: string, what: string, cause?: unknown): HarnessError {
  const plain = what.replaceAll(/\p{C}/gu, '\u{FFFD}');
  return new HarnessError(
    'TRACKER_DAMAGED',
    `${where}: ${plain}. Nothing was overwritten: mend it, or move it away to start a new one.`,
    { exit: 2, cause },
  );
}
