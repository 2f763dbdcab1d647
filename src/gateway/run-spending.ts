import { createTurns } from './in-turn.ts';
import { createPendingWrites } from './pending-writes.ts';
import type { PendingWrites } from './pending-writes.ts';
import type { Ledger, WireVerdict } from './wire.ts';

/** What one run has set aside and not yet written down, over all its sessions in this process. */
export interface RunSpending {
  readonly writes: PendingWrites;
  /** Sets money aside before a call, or says what forbids the call. Throws when the ledger does. */
  admit(ask: Admittance): Promise<Admission>;
  /** True the first time for each budget: people are told once. */
  announce(budgetUsd: number): boolean;
}

interface Admittance {
  readonly model: string;
  /** US dollars; null: unknown price. */
  readonly estimateUsd: number | null;
  readonly budgetUsd: number | null;
}

type Admission =
  | { readonly granted: true; readonly aside: Aside }
  | { readonly granted: false; readonly verdict: WireVerdict };

interface Growth {
  readonly key: symbol;
  readonly budgetUsd: number;
  readonly costUsd: number;
  readonly upToUsd: number;
}

/** What is set aside for one call. */
export interface Aside {
  /** US dollars. */
  usd(): number;
  /** Sets aside what a call has cost so far, and up to so much more; or says that no more is left. */
  grow(course: { readonly costUsd: number; readonly upToUsd: number }): Promise<WireVerdict | null>;
  /** Gives it back; call it once the true cost is in the ledger. */
  release(): void;
}

/**
 * Admits calls one after the other, so that two cannot both take the last of a budget (I5). Calls in
 * flight in other processes are not seen here, only what they have written.
 */
export function createRunSpending(runId: string, ledger: Ledger): RunSpending {
  const aside = new Map<symbol, number>();
  const announced = new Set<number>();
  const inTurn = createTurns();
  let lastSpentUsd = 0;
  const writes = createPendingWrites();

  function setAside(usd: number, budgetUsd: number | null): Admission {
    const key = Symbol(runId);
    aside.set(key, usd);
    const grow: Aside['grow'] = (course) =>
      inTurn(() => growIn({ key, budgetUsd: budgetUsd ?? Infinity, ...course }));
    const release = (): void => void aside.delete(key);
    return { granted: true, aside: { usd: () => aside.get(key) ?? 0, grow, release } };
  }

  function asideUsd(but?: symbol): number {
    return [...aside].reduce((sum, [key, usd]) => (key === but ? sum : sum + usd), 0);
  }

  async function admit({ model, estimateUsd, budgetUsd }: Admittance): Promise<Admission> {
    await writes.drain();
    if (budgetUsd === null) return setAside(estimateUsd ?? 0, null);
    if (estimateUsd === null) return { granted: false, verdict: { kind: 'unknown_price', model } };
    // Summed before the ledger is read: a call that settles meanwhile is counted twice, never not at all.
    const others = asideUsd();
    const spentUsd = await ledger.spentUsd(runId);
    if (spentUsd === null)
      return { granted: false, verdict: { kind: 'unknown_price', model: 'an earlier call' } };
    lastSpentUsd = spentUsd;
    return spentUsd + others + estimateUsd <= budgetUsd
      ? setAside(estimateUsd, budgetUsd)
      : { granted: false, verdict: { kind: 'budget', spentUsd, budgetUsd } };
  }

  async function growIn({ key, budgetUsd, costUsd, upToUsd }: Growth): Promise<WireVerdict | null> {
    const others = asideUsd(key);
    // What was read last will do while the ledger is away: to break off would waste what is paid already.
    const spentUsd = (await ledger.spentUsd(runId).catch(() => null)) ?? lastSpentUsd;
    lastSpentUsd = spentUsd;
    const room = budgetUsd - spentUsd - others;
    if (room < costUsd) return { kind: 'budget', spentUsd: spentUsd + others + costUsd, budgetUsd };
    aside.set(key, Math.min(upToUsd, room));
    return null;
  }

  return {
    writes,
    admit: (ask) => inTurn(() => admit(ask)),
    announce(budgetUsd) {
      const first = !announced.has(budgetUsd);
      announced.add(budgetUsd);
      return first;
    },
  };
}
