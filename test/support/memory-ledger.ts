import type { Ledger } from '../../src/gateway/wire.ts';
import type { CapReached, Held, Reservation, UsageEntry } from '../../src/work/run-store.ts';

/** A ledger of one process, for tests of what stands before it. */
export interface MemoryLedger extends Ledger {
  readonly entries: UsageEntry[];
  /** While set, it refuses to write. */
  readonly trouble: { ledger: boolean };
}

export function memoryLedger(): MemoryLedger {
  const entries: UsageEntry[] = [];
  const aside = new Map<string, { readonly call: Reservation; readonly usd: number }>();
  const trouble = { ledger: false };

  function takenUsd(by: (of: { runId: string; sessionId: string }) => boolean): number {
    const spent = entries.filter(by).reduce((sum, { usage }) => sum + (usage.costUsd ?? 0), 0);
    return [...aside.values()].reduce((sum, { call, usd }) => sum + (by(call) ? usd : 0), spent);
  }

  function roomsOf({ runId, sessionId, caps }: Reservation): readonly CapReached[] {
    const rooms = [
      { cap: 'run', capUsd: caps.runUsd, takenUsd: takenUsd((one) => one.runId === runId) },
      {
        cap: 'session',
        capUsd: caps.sessionUsd,
        takenUsd: takenUsd((one) => one.sessionId === sessionId),
      },
      { cap: 'day', capUsd: caps.dayUsd, takenUsd: takenUsd(() => true) },
    ] as const;
    return rooms
      .flatMap(({ capUsd, ...room }) =>
        capUsd === null ? [] : [{ kind: 'over', ...room, capUsd, until: null } as const],
      )
      .toSorted((a, b) => a.capUsd - a.takenUsd - (b.capUsd - b.takenUsd));
  }

  function hold(call: Reservation, leastUsd: number, upToUsd: number): Held {
    const [tightest] = roomsOf(call);
    const roomUsd = tightest === undefined ? null : tightest.capUsd - tightest.takenUsd;
    if (tightest !== undefined && (roomUsd ?? 0) < leastUsd) return tightest;
    const usd = Math.min(upToUsd, roomUsd ?? Infinity);
    aside.set(call.id, { call, usd });
    return { kind: 'held', usd, roomUsd: roomUsd === null ? null : roomUsd - usd };
  }

  function mustWork(): void {
    if (trouble.ledger) throw new Error('the database is down');
  }

  return {
    entries,
    trouble,
    async take(call) {
      return hold(call, call.usd ?? 0, call.usd ?? 0);
    },
    async grow(call, { costUsd, upToUsd }) {
      mustWork();
      aside.delete(call.id);
      return hold(call, costUsd, upToUsd);
    },
    async settle({ id }, charge) {
      mustWork();
      aside.delete(id);
      if (charge !== null) entries.push(charge);
    },
  };
}

/** No cap of any kind. */
export const UNCAPPED = Object.freeze({ runUsd: null, sessionUsd: null, dayUsd: null });
