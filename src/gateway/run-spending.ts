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
  /** `release` gives back what was set aside; call it once the true cost is in the ledger. */
  | { readonly granted: true; readonly release: () => void }
  | { readonly granted: false; readonly verdict: WireVerdict };

/**
 * Admits calls one after the other, so that two cannot both take the last of a budget (I5). Calls in
 * flight in other processes are not seen here, only what they have written.
 */
export function createRunSpending(runId: string, ledger: Ledger): RunSpending {
  const aside = new Map<symbol, number>();
  const announced = new Set<number>();
  const inTurn = createTurns();
  const writes = createPendingWrites();

  function setAside(usd: number): () => void {
    const key = Symbol(runId);
    aside.set(key, usd);
    return () => void aside.delete(key);
  }

  async function admit({ model, estimateUsd, budgetUsd }: Admittance): Promise<Admission> {
    await writes.drain();
    if (budgetUsd === null) return { granted: true, release: setAside(estimateUsd ?? 0) };
    if (estimateUsd === null) return { granted: false, verdict: { kind: 'unknown_price', model } };
    // Summed before the ledger is read: a call that settles meanwhile is counted twice, never not at all.
    const asideUsd = [...aside.values()].reduce((sum, usd) => sum + usd, 0);
    const spentUsd = await ledger.spentUsd(runId);
    if (spentUsd === null)
      return { granted: false, verdict: { kind: 'unknown_price', model: 'an earlier call' } };
    return spentUsd + asideUsd + estimateUsd <= budgetUsd
      ? { granted: true, release: setAside(estimateUsd) }
      : { granted: false, verdict: { kind: 'budget', spentUsd, budgetUsd } };
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
