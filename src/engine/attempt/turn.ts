/**
 * Lets proofs of one project follow each other: of two that run side by side, one finds main moved
 * and has to be done again. A turn is waited for only so long: a slow proof never holds the others,
 * they then go beside it, and compare-and-swap decides.
 */
export interface Turns {
  /** Resolves when it is this caller's turn, or the patience is over. Call what it gives when done. */
  take(name: string): Promise<() => void>;
}

/** Turns by name, in this process. Whoever has waited for `patienceMs` goes ahead all the same. */
export function createTurns(patienceMs: number): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(name) {
      const before = last.get(name) ?? Promise.resolve();
      const { promise: mine, resolve: done } = Promise.withResolvers<void>();
      // Whoever comes next waits for all before it, each at most its own patience.
      const all = before.then(() => mine);
      last.set(name, all);
      void all.then(() => last.get(name) === all && last.delete(name));
      await within(before, patienceMs);
      return done;
    },
  };
}

async function within(turn: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([turn, patience]);
  clearTimeout(timer);
}
