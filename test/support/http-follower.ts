import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../src/server/client.ts';
import type { EventRecord } from '../../src/server/contract.ts';

/** Events of one project as they come over the stream. */
export interface Follower extends AsyncDisposable {
  /** All that have come, in the order in which they came. */
  readonly seen: readonly EventRecord[];
  /** How often the connection was taken up. */
  connections(): number;
  /** The first event after the number that is wanted; rejects when none comes in time. */
  next(
    after: number,
    wanted: (event: EventRecord['event']) => boolean,
    seconds?: number,
  ): Promise<EventRecord>;
  /** Breaks the connection off; it is taken up again after the last event that came. */
  drop(): void;
}

/** Follows a project; a connection that ends, however it does, is taken up again. */
export function follow(client: () => Client, projectId: string): Follower {
  const seen: EventRecord[] = [];
  const closing = new AbortController();
  let taken = 0;
  let connection = new AbortController();
  const listen = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      connection = new AbortController();
      taken += 1;
      try {
        const last = seen.at(-1)?.id ?? 0;
        for await (const record of client().events(projectId, last, connection.signal))
          seen.push(record);
      } catch {
        // Dropped by the test, or a server that is away: taken up again below.
      }
      await delay(50);
    }
  };
  const listening = listen();
  return {
    seen,
    connections: () => taken,
    drop: () => connection.abort(),
    async next(after, wanted, seconds = 120) {
      const deadline = performance.now() + seconds * 1000;
      for (;;) {
        const found = seen.find(({ id, event }) => id > after && wanted(event));
        if (found !== undefined) return found;
        if (performance.now() > deadline)
          throw new Error(`not within ${seconds} s after ${after}: ${tailOf(seen)}`);
        await delay(20);
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      connection.abort();
      await listening;
    },
  };
}

function tailOf(seen: readonly EventRecord[]): string {
  return seen
    .slice(-8)
    .map(({ id, event }) => `${id} ${JSON.stringify(event).slice(0, 200)}`)
    .join('\n');
}
