import { HarnessError, messageOf } from '../domain/errors.ts';
import type { EngineDeps } from './deps.ts';

/** Code of the reason with which everything of a worker is aborted that may no longer act. */
export const LEASE_OVER = 'LEASE_OVER';

/** This process's word that it lives, renewed in time; see `holdLease`. */
export interface Lease {
  /** Aborted as soon as this process may no longer act. */
  readonly signal: AbortSignal;
  readonly executorId: string;
  /** Stops beating and tells the others that nothing is left here. */
  leave(): Promise<void>;
}

type LeaseDeps = Pick<EngineDeps, 'clock' | 'leaseMs' | 'log' | 'newIdentity'> & {
  readonly store: Pick<EngineDeps['store'], 'workers'>;
};

/**
 * Joins the workers and keeps the lease by a beat every quarter of it. It is lost when the database
 * says so, or when no beat got through for 0.8 of it (by the monotonic clock, which stands still while a laptop sleeps: then the database says so).
 */
export async function holdLease(deps: LeaseDeps, onLost: () => void): Promise<Lease> {
  const { store, clock, leaseMs } = deps;
  const identity = deps.newIdentity();
  const { executorId } = identity;
  await store.workers.join(identity, leaseMs);
  const controller = new AbortController();
  let lastGood = clock.monotonic();
  const lose = (): void => {
    if (controller.signal.aborted) return;
    clearInterval(timer);
    controller.abort(new HarnessError(LEASE_OVER, 'The lease of this worker is lost'));
    onLost();
  };
  const beat = async (): Promise<void> => {
    // When it was asked, not when the answer came: the lease counts from then.
    const asked = clock.monotonic();
    try {
      if (await store.workers.beat(executorId, leaseMs)) lastGood = asked;
      else lose();
    } catch (error) {
      deps.log(`lease: ${messageOf(error)}`);
    }
  };
  const timer = setInterval(() => {
    if (clock.monotonic() - lastGood > leaseMs * 0.8) lose();
    else void beat();
  }, leaseMs / 4);
  return {
    signal: controller.signal,
    executorId,
    leave: async () => {
      clearInterval(timer);
      if (!controller.signal.aborted) await store.workers.leave(executorId);
    },
  };
}
