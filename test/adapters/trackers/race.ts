import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { TrackerClaim } from '../../../src/work/tracker.ts';

export interface RaceOrder {
  readonly store: 'json' | 'postgres';
  /** File or database URL. */
  readonly place: string;
  readonly projectId: string;
  readonly key: string;
  readonly processes: number;
}

const answer = z.object({
  claim: z.object({ key: z.string(), owner: z.string(), fence: z.int() }).nullable(),
});

/** Real processes that claim the same key at the same moment. */
export async function raceOf(order: RaceOrder): Promise<readonly (TrackerClaim | null)[]> {
  const racers = Array.from({ length: order.processes }, () =>
    fork(new URL('racer.ts', import.meta.url), [
      order.store,
      order.place,
      order.projectId,
      order.key,
    ]),
  );
  try {
    await Promise.all(racers.map((racer) => messageFrom(racer)));
    const claims = racers.map(async (racer) => answer.parse(await messageFrom(racer)).claim);
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
