import { expect } from 'vitest';
import { HarnessError, hasCode } from '../../src/domain/errors.ts';
import type { NewItem, TrackerClaim, WorkTracker } from '../../src/work/tracker.ts';

/** One store that is empty at first, as the contract needs it. */
export interface OpenedStore extends AsyncDisposable {
  readonly tracker: WorkTracker;
  /** A second handle on the same store; undefined when the store ends with its handle. */
  readonly again?: () => Promise<WorkTracker>;
  /** Lets this many real processes claim the key at the same moment; gives what each got. */
  readonly race?: (key: string, processes: number) => Promise<readonly (TrackerClaim | null)[]>;
}

/** Stores for the cases, closed after each. */
export interface Given {
  readonly openStore: () => Promise<OpenedStore>;
  readonly withItems: (...items: readonly NewItem[]) => Promise<WorkTracker>;
}

export function newItem(order: Partial<NewItem> & { readonly key: string }): NewItem {
  return {
    title: `Title of ${order.key}`,
    description: 'What is to be done',
    priority: 3,
    dependencies: [],
    labels: [],
    parent: null,
    ...order,
  };
}

export async function keysOf(tracker: WorkTracker): Promise<readonly string[]> {
  return (await tracker.list()).map((item) => item.key);
}

export async function claimed(tracker: WorkTracker, key: string): Promise<TrackerClaim> {
  const claim = await tracker.claim(key, 'owner');
  if (claim === undefined) throw new Error(`${key} could not be claimed`);
  return claim;
}

export async function done(tracker: WorkTracker, key: string): Promise<void> {
  await tracker.finish(await claimed(tracker, key), 'done');
}

export const lost: unknown = expect.toSatisfy((error) => hasCode(error, 'CLAIM_LOST'));
export const unknownKey: unknown = expect.toSatisfy(
  (error) => error instanceof HarnessError && error.code === 'ITEM_UNKNOWN' && error.exit === 2,
);
