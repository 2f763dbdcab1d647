import type { UsageEntry } from './usage.ts';

/** Caps on spending, in US dollars; null: none of this kind. */
export interface Caps {
  readonly runUsd: number | null;
  readonly sessionUsd: number | null;
  /** Of all runs of one label in this database, from midnight to midnight UTC. */
  readonly dayUsd: number | null;
}

/** One model call that is about to be forwarded, and what may be spent on it. */
export interface Reservation extends Omit<UsageEntry, 'requestId' | 'usage'> {
  /** New for each call. */
  readonly id: string;
  readonly attemptId: string;
  /** The worker whose process makes the call. */
  readonly owner: string;
  /** US dollars that are set aside for it; null: its price is not known, and no cap may stand. */
  readonly usd: number | null;
  readonly caps: Caps;
}

/** A cap that holds no more, with what is spent or set aside under it. */
export interface CapReached {
  readonly kind: 'over';
  readonly cap: 'run' | 'session' | 'day';
  readonly takenUsd: number;
  readonly capUsd: number;
  /** When the day ends, RFC 3339 in UTC; null for the other caps. */
  readonly until: string | null;
}

/** What came of setting money aside. */
export type Held =
  /** `roomUsd`: what the caps would still hold beyond it; null: there is no cap. */
  | { readonly kind: 'held'; readonly usd: number; readonly roomUsd: number | null }
  | CapReached
  /** Something that counts under a cap has no known price. */
  | { readonly kind: 'unknown' };

/**
 * Money set aside for calls under way, in every process and over every crash: what is spent and what
 * is set aside never pass a cap together, however many ask at once (I5).
 */
export interface ReservationRows {
  /**
   * Sets the call's money aside under all its caps, or nothing. One round trip. Throws
   * `RESERVATION_GONE` when the owner is no live worker any more.
   */
  take(call: Reservation): Promise<Held>;
  /**
   * Sets aside what the call has cost so far and up to so much more. Throws `RESERVATION_GONE` likewise.
   */
  grow(
    call: Reservation,
    course: { readonly costUsd: number; readonly upToUsd: number },
  ): Promise<Held>;
  /** The call is over, and cost this; null: nothing. Safe to repeat; corrects what `settleLost` took for it. */
  settle(call: Reservation, charge: UsageEntry | null): Promise<void>;
  /**
   * Charges what was set aside for calls whose process is no live worker any more: the provider may
   * have done them, and nobody will ever count. Returns how many there were.
   */
  settleLost(): Promise<number>;
  /** US dollars set aside for calls of this run; null when one has no known price. */
  held(runId: string): Promise<number | null>;
}
