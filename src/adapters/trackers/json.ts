import type { WorkTracker } from '../../work/tracker.ts';
import { boardTracker } from './board-tracker.ts';
import type { BoardStore } from './board-tracker.ts';
import type { Board, Change } from './board.ts';
import { withFileLock } from './json-lock.ts';
import { readStored, replaceFile } from './json-file.ts';
import { boardOf, textOf } from './json-format.ts';
import { damaged } from './rules.ts';

/** Which file, and for whose items. */
export interface JsonTrackerOrder {
  /** Absolute path of `.work_items.json`; made by the first write. */
  readonly file: string;
  /** Name written into a new file. */
  readonly project: string;
  readonly now?: () => Date;
}

/** Somebody who saves the file without taking the lock makes us start over; more often is a fault. */
const TRIES = 5;

/**
 * The tracker people can read and edit with any editor. Changes by several processes follow each
 * other under a lock beside the file, each written whole and in one step.
 */
export function openJsonTracker(order: JsonTrackerOrder): WorkTracker {
  const inTurn = oneAtATime();
  const store: BoardStore = {
    read: async () => (await load(order.file)).board,
    change: (step) => inTurn(() => withFileLock(order.file, (lock) => change(order, step, lock))),
  };
  return boardTracker(store, order.now ?? (() => new Date()));
}

async function change<T>(
  { file, project }: JsonTrackerOrder,
  step: (board: Board) => Change<T>,
  lock: { lost(): boolean },
): Promise<T> {
  for (let tries = 0; tries < TRIES && !lock.lost(); tries += 1) {
    const { stored, board, text } = await load(file);
    const next = step(board);
    if (next.board === board) return next.result;
    const order = {
      file,
      text: textOf(next.board, text, project),
      since: stored,
      lost: () => lock.lost(),
    };
    if (await replaceFile(order)) return next.result;
  }
  throw damaged(file, 'something else keeps writing to it while it is locked');
}

async function load(file: string) {
  const stored = await readStored(file);
  const text = stored?.text ?? null;
  return { stored, text, board: boardOf(text, file) };
}

/** Callers of this process queue here instead of competing for the lock. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
