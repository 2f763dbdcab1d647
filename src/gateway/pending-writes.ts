import { createTurns } from './in-turn.ts';

/** Facts that must reach the database before more money is spent. */
export interface PendingWrites {
  /** Tries at once; what fails is kept for `drain`. Never throws. */
  offer(write: () => Promise<void>): Promise<void>;
  /** Writes what is kept, oldest first. Throws what the database threw; the rest stays kept. */
  drain(): Promise<void>;
}

/** A write may be tried again: it must be idempotent, or not have happened when it throws. */
export function createPendingWrites(): PendingWrites {
  const kept: (() => Promise<void>)[] = [];
  const inTurn = createTurns();
  return {
    async offer(write) {
      try {
        await write();
      } catch {
        kept.push(write);
      }
    },
    drain: () =>
      inTurn(async () => {
        for (let next = kept[0]; next !== undefined; next = kept[0]) {
          await next();
          kept.shift();
        }
      }),
  };
}
