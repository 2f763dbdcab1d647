import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { TrackerClaim } from '../../../src/work/tracker.ts';

export interface RaceOrder {
  readonly store: 'json' | 'postgres' | 'linear';
  /** File, database URL or address of the API. */
  readonly place: string;
  readonly projectId: string;
  readonly key: string;
  readonly processes: number;
}

const answer = z.object({
  claims: z.array(z.object({ key: z.string(), owner: z.string(), fence: z.int() })),
});

/** Real processes that claim the same key at the same moment. */
export async function raceOf(order: RaceOrder): Promise<readonly (TrackerClaim | null)[]> {
  const claims = await raceForAll({ ...order, keys: [order.key] });
  return claims.map(([claim]) => claim ?? null);
}

/** Real processes that claim the same keys, one after the other, beginning at the same moment. */
export async function raceForAll(
  order: Omit<RaceOrder, 'key'> & { readonly keys: readonly string[] },
): Promise<readonly (readonly TrackerClaim[])[]> {
  const { store, place, projectId, keys } = order;
  const racers = Array.from({ length: order.processes }, () =>
    fork(new URL('racer.ts', import.meta.url), [store, place, projectId, ...keys]),
  );
  try {
    await Promise.all(racers.map((racer) => messageFrom(racer)));
    const claims = racers.map(async (racer) => answer.parse(await messageFrom(racer)).claims);
    for (const racer of racers) racer.send('go');
    return await Promise.all(claims);
  } finally {
    for (const racer of racers) racer.kill('SIGKILL');
  }
}

/** Its next message; an error when it ends without one. */
async function messageFrom(racer: ChildProcess): Promise<unknown> {
  const ended = once(racer, 'exit').then(() => Promise.reject(new Error('a racer ended early')));
  const [message]: unknown[] = await Promise.race([once(racer, 'message'), ended]);
  return message;
}
