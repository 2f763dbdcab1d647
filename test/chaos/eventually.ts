import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 10;

/** Looks again and again for what no process that could tell is left to tell. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const last = performance.now() + 240_000; performance.now() < last; await sleep(LOOK_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('it never came to that');
}
