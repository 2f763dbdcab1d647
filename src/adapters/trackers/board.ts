import type { NewItem, TrackedItem, TrackerClaim, TrackerComment } from '../../work/tracker.ts';
import { claimLost, claimOf, isReady, mayBePut, mayMove, mayTake, unknownItem } from './rules.ts';
import type { Holding } from './rules.ts';

/** An item as it is kept: the fence outlives the claim. */
export type BoardItem = Omit<TrackedItem, 'claim'> & Holding;

/** All items and comments of a project as plain data, for the adapters that keep them whole. */
export interface Board {
  readonly items: ReadonlyMap<string, BoardItem>;
  readonly comments: ReadonlyMap<string, readonly TrackerComment[]>;
}

/** The board afterwards, the same object when nothing changed, and what the caller gets. */
export interface Change<T> {
  readonly board: Board;
  readonly result: T;
}

/** Nothing on it. */
export const EMPTY_BOARD: Board = Object.freeze({ items: new Map(), comments: new Map() });

/** The item as the port tells of it: with its claim, if one holds it. */
export function shown({ owner, fence, ...item }: BoardItem): TrackedItem {
  return Object.freeze({
    ...item,
    dependencies: Object.freeze([...item.dependencies]),
    labels: Object.freeze([...item.labels]),
    claim: claimOf(item.key, { owner, fence }),
  });
}

/** Throws `ITEM_UNKNOWN` (exit 2). */
export function find(board: Board, key: string): BoardItem {
  const item = board.items.get(key);
  if (item === undefined) throw unknownItem(key);
  return item;
}

/** Adds those whose key is new; the others stay as they are. `at` in RFC 3339, UTC. */
export function withNew(board: Board, items: readonly NewItem[], at: string): Change<void> {
  const added = new Map<string, BoardItem>();
  for (const item of items)
    if (!board.items.has(item.key) && !added.has(item.key)) added.set(item.key, fresh(item, at));
  if (added.size === 0) return { board, result: undefined };
  return { board: { ...board, items: new Map([...board.items, ...added]) }, result: undefined };
}

function fresh(item: NewItem, at: string): BoardItem {
  return {
    key: item.key,
    title: item.title,
    description: item.description,
    priority: item.priority,
    dependencies: [...item.dependencies],
    labels: [...item.labels],
    parent: item.parent,
    status: 'todo',
    cancelled: false,
    owner: null,
    fence: 0,
    createdAt: at,
    updatedAt: at,
  };
}

/** The item with some of its fields replaced. */
export function withItem(
  board: Board,
  key: string,
  change: Partial<Omit<BoardItem, 'key'>>,
): Change<BoardItem> {
  const item = { ...find(board, key), ...change };
  return { board: { ...board, items: new Map(board.items).set(key, item) }, result: item };
}

interface Claiming {
  readonly key: string;
  readonly owner: string;
  readonly at: string;
}

/**
 * Gives the item to this owner under the next fence; undefined, and nothing changes, when it is not
 * ready.
 */
export function claimed(board: Board, order: Claiming): Change<TrackerClaim | undefined> {
  if (!isReady(find(board, order.key), board.items)) return { board, result: undefined };
  return given(board, order);
}

/** The same for a claim that was decided elsewhere: see `mayTake`. */
export function taken(board: Board, order: Claiming): Change<TrackerClaim | undefined> {
  const item = find(board, order.key);
  const verdict = mayTake(item, order.owner);
  if (verdict === 'yes') return given(board, order);
  const own = verdict === 'already' ? claimOf(order.key, item) : null;
  return { board, result: own ?? undefined };
}

function given(board: Board, { key, owner, at }: Claiming): Change<TrackerClaim | undefined> {
  const fence = find(board, key).fence + 1;
  const next = withItem(board, key, { status: 'in_progress', owner, fence, updatedAt: at });
  return { board: next.board, result: claimOf(key, { owner, fence }) ?? undefined };
}

/** Ends a claim; throws CLAIM_LOST when it is not the one that holds the item. */
export function moved(
  board: Board,
  claim: TrackerClaim,
  to: { readonly status: 'todo' | 'done' | 'blocked'; readonly at: string },
): Change<void> {
  const verdict = mayMove(find(board, claim.key), claim, to.status);
  if (verdict === 'no') throw claimLost(claim);
  if (verdict === 'already') return { board, result: undefined };
  const change = { status: to.status, owner: null, updatedAt: to.at };
  return { board: withItem(board, claim.key, change).board, result: undefined };
}

/** Moves an item that nobody holds, on a person's word. */
export function put(
  board: Board,
  key: string,
  to: { readonly status: 'todo' | 'blocked'; readonly at: string },
): Change<void> {
  if (!mayBePut(find(board, key), to.status)) return { board, result: undefined };
  const change = { status: to.status, updatedAt: to.at };
  return { board: withItem(board, key, change).board, result: undefined };
}

/** Adds a comment; one whose id is there already changes nothing. */
export function commented(board: Board, key: string, comment: TrackerComment): Change<void> {
  find(board, key);
  const before = board.comments.get(key) ?? [];
  if (before.some(({ id }) => id === comment.id)) return { board, result: undefined };
  const comments = new Map(board.comments).set(key, [...before, comment]);
  return { board: { ...board, comments }, result: undefined };
}
