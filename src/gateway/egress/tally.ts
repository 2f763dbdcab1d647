import { Transform } from 'node:stream';
import type { HarnessEvent, HostCount, Subject } from '../../domain/event.ts';

/** What one session did with the network: told once for each host, counted to the end. */
export interface Tally {
  /** @param reason Why it was refused; null: it was allowed. */
  asked(host: string, reason: string | null): void;
  /** Why nothing more may pass; null: something may. */
  exhausted(): string | null;
  /** Counts what passes towards the host or back, and breaks off at the session's bounds. */
  meter(host: string, direction: 'out' | 'in'): Transform;
  /** What was counted; null: nothing was asked. */
  summary(): HarnessEvent | null;
}

/** More hosts than any build names; a loop over made-up ones must not fill the record. */
const MOST_HOSTS = 100;

/** A session sends requests and little else; what is allowed must not become a way to carry much out. */
const MOST_BYTES_OUT = 64 * 1024 ** 2;
/** Many times the packages of the largest projects. */
const MOST_BYTES_IN = 16 * 1024 ** 3;

type Counts = { -readonly [K in keyof HostCount]: HostCount[K] };

/** Counts visits and bytes per host; hosts beyond a bound are counted together. */
export function createTally(subject: Subject, note: (event: HarnessEvent) => Promise<void>): Tally {
  const hosts = new Map<string, Counts>();
  const told = new Set<string>();
  const total = { out: 0, in: 0 };
  let more = 0;

  function countsOf(host: string): Counts | undefined {
    const known = hosts.get(host);
    if (known !== undefined || hosts.size >= MOST_HOSTS) return known;
    const fresh = { host, allowed: 0, refused: 0, bytesOut: 0, bytesIn: 0 };
    hosts.set(host, fresh);
    return fresh;
  }

  function exhausted(): string | null {
    if (total.out > MOST_BYTES_OUT) return 'this session has sent more than 64 MB';
    return total.in > MOST_BYTES_IN ? 'this session has fetched more than 16 GB' : null;
  }

  return {
    asked(host, reason) {
      const counts = countsOf(host);
      const allowed = reason === null;
      if (counts === undefined) return void (more += 1);
      counts[allowed ? 'allowed' : 'refused'] += 1;
      const key = `${host} ${allowed}`;
      if (told.has(key)) return;
      told.add(key);
      void note({ type: 'egress.asked', subject, host, allowed, reason });
    },
    exhausted,
    meter(host, direction) {
      const counts = countsOf(host);
      return new Transform({
        transform(chunk: Buffer, _encoding, done) {
          total[direction] += chunk.length;
          if (counts !== undefined)
            counts[direction === 'out' ? 'bytesOut' : 'bytesIn'] += chunk.length;
          const reason = exhausted();
          if (reason === null) done(null, chunk);
          else done(new RangeError(reason));
        },
      });
    },
    summary() {
      if (hosts.size === 0) return null;
      const counted = [...hosts.values()].map((counts) => Object.freeze(counts));
      return { type: 'egress.counted', subject, hosts: counted, more };
    },
  };
}
