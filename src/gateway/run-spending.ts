import { hasCode } from '../domain/errors.ts';
import type { CapReached, Held, Reservation } from '../work/run-store.ts';
import { createPendingWrites } from './pending-writes.ts';
import type { PendingWrites } from './pending-writes.ts';
import type { Ledger, WireVerdict } from './wire.ts';

/** What one run has not yet written down, over all its sessions in this process. */
export interface RunSpending {
  readonly writes: PendingWrites;
  /**
   * Sets money aside before a call, or says what forbids the call. Whatever is still to be written down
   * is written first. Throws when the ledger does.
   */
  admit(call: Reservation): Promise<Admission>;
  /** True the first time for each cap: people are told once. */
  announce(verdict: BudgetVerdict): boolean;
}

type BudgetVerdict = Extract<WireVerdict, { kind: 'budget' }>;

type Admission =
  | { readonly granted: true; readonly aside: Aside }
  | { readonly granted: false; readonly verdict: WireVerdict };

interface Course {
  readonly costUsd: number;
  readonly upToUsd: number;
}

/** What is set aside for one call. */
export interface Aside {
  /** US dollars. */
  usd(): number;
  /**
   * Sets aside what a call has cost so far, and up to so much more; or says that no more is left. Throws
   * `RESERVATION_GONE` when nothing more may be spent here.
   */
  grow(course: Course): Promise<WireVerdict | null>;
}

/** Admits calls by the ledger, which alone knows what every process has spent and set aside (I5). */
export function createRunSpending(ledger: Ledger): RunSpending {
  const announced = new Set<string>();
  const writes = createPendingWrites();

  async function admit(call: Reservation): Promise<Admission> {
    await writes.drain();
    const { runUsd, sessionUsd, dayUsd } = call.caps;
    const capped = runUsd !== null || sessionUsd !== null || dayUsd !== null;
    if (capped && call.usd === null)
      return { granted: false, verdict: { kind: 'unknown_price', model: call.model } };
    const held = await take(call);
    return held.kind === 'held'
      ? { granted: true, aside: asideFor(ledger, call, held) }
      : { granted: false, verdict: verdictOf(held) };
  }

  async function take(call: Reservation): Promise<Held> {
    try {
      return await ledger.take(call);
    } catch (error) {
      // It may have been stored all the same: before anything else is spent, it is taken back.
      await writes.offer(() => ledger.settle(call, null));
      throw error;
    }
  }

  return {
    writes,
    admit,
    announce({ cap, budgetUsd }) {
      const key = `${cap} ${budgetUsd}`;
      const first = !announced.has(key);
      announced.add(key);
      return first;
    },
  };
}

function asideFor(ledger: Ledger, call: Reservation, held: Extract<Held, { kind: 'held' }>): Aside {
  let usd = held.usd;
  let roomUsd = held.roomUsd ?? Infinity;

  /** What was read last will do while the ledger is away: to break off would waste what is paid already. */
  function growUnseen({ costUsd, upToUsd }: Course): WireVerdict | null {
    const most = usd + roomUsd;
    if (most < costUsd) return unseenEnd(call, costUsd);
    roomUsd = most - Math.min(upToUsd, most);
    usd = Math.min(upToUsd, most);
    return null;
  }

  return {
    usd: () => usd,
    async grow(course) {
      const answer = await askToGrow(ledger, call, course);
      if (answer === 'away') return growUnseen(course);
      if (answer.kind !== 'held') return verdictOf(answer);
      ({ usd } = answer);
      roomUsd = answer.roomUsd ?? Infinity;
      return null;
    },
  };
}

async function askToGrow(
  ledger: Ledger,
  call: Reservation,
  course: Course,
): Promise<Held | 'away'> {
  try {
    return await ledger.grow(call, course);
  } catch (error) {
    if (hasCode(error, 'RESERVATION_GONE')) throw error;
    return 'away';
  }
}

function unseenEnd({ caps }: Reservation, costUsd: number): WireVerdict {
  const capUsd = caps.runUsd ?? caps.sessionUsd ?? caps.dayUsd ?? costUsd;
  const cap = caps.runUsd !== null ? 'run' : caps.sessionUsd !== null ? 'session' : 'day';
  return { kind: 'budget', cap, spentUsd: costUsd, budgetUsd: capUsd, until: null };
}

function verdictOf(end: CapReached | { readonly kind: 'unknown' }): WireVerdict {
  if (end.kind === 'unknown') return { kind: 'unknown_price', model: 'an earlier call' };
  const { cap, takenUsd, capUsd, until } = end;
  return { kind: 'budget', cap, spentUsd: takenUsd, budgetUsd: capUsd, until };
}
