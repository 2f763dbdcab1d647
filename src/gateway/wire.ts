import type { Subject } from '../domain/event.ts';
import type { CapReached, Caps, ReservationRows } from '../work/run-store.ts';
import type { WireEnd } from '../sessions/agent.ts';

/** Holds the credential and answers sessions; the only way from a box to a model. */
export interface Gateway {
  /** Opens one session's wire: a unix socket in `folder` when sealed, else a loopback port. */
  open(order: WireOrder): Promise<Wire>;
  close(): Promise<void>;
}

/** Whose calls, under which caps. */
export interface WireOrder {
  readonly projectId: string;
  readonly runId: string;
  readonly subject: Subject;
  /** Number of the attempt, for attribution. */
  readonly attempt: number;
  readonly sessionId: string;
  /** Adds the x-harness-* headers upstream. */
  readonly attribution: boolean;
  /** The model of the session; its calls may name others only when their price is known. */
  readonly model: string;
  readonly caps: Caps;
  /** The worker that carries the session out. */
  readonly owner: string;
  readonly sealed: boolean;
  /** Existing folder for the socket; its path stays under 90 bytes. */
  readonly folder: string;
}

/** One session's way out; disposing of it ends its calls. */
export interface Wire extends WireEnd, AsyncDisposable {
  /** Path of the unix socket; null when it listens on loopback. */
  readonly socket: string | null;
  /** What the gateway itself saw end this session's calls for good; null: nothing. */
  verdict(): WireVerdict | null;
  /** Milliseconds on the deps' monotonic clock of the last byte either way. */
  lastByteAt(): number;
}

/** Why this session can't go on; `until` in RFC 3339, null when the provider did not say. */
export type WireVerdict =
  | {
      readonly kind: 'budget';
      readonly cap: CapReached['cap'];
      /** Spent, or set aside for calls under way; US dollars like the cap. */
      readonly spentUsd: number;
      readonly budgetUsd: number;
      /** When the day of a day's cap is over. */
      readonly until: string | null;
    }
  | { readonly kind: 'unknown_price'; readonly model: string }
  | { readonly kind: 'limited'; readonly until: string | null; readonly message: string }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

/** Where model calls go. */
export interface Upstream {
  /** Base URL of a server that speaks the Messages API. */
  readonly baseUrl: string;
  readonly credential: { readonly kind: 'api_key' | 'oauth'; readonly value: string } | null;
}

/** Keeps what was set aside and spent; the gateway's count is the truth on cost. */
export type Ledger = Pick<ReservationRows, 'take' | 'grow' | 'settle'>;
