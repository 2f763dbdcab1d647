import type { WorkTracker } from '../../work/tracker.ts';
import { boardTracker } from './board-tracker.ts';
import { EMPTY_BOARD } from './board.ts';

/** A tracker that forgets everything with its process. For tests and rehearsals of one process. */
export function openMemoryTracker(deps: { readonly now?: () => Date } = {}): WorkTracker {
  let board = EMPTY_BOARD;
  const store = {
    read: () => Promise.resolve(board),
    async change<T>(step: (before: typeof board) => { board: typeof board; result: T }) {
      const { board: after, result } = step(board);
      board = after;
      return result;
    },
  };
  return boardTracker(store, deps.now ?? (() => new Date()));
}
