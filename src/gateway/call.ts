import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Tokens } from './prices.ts';
import type { Asked } from './request-door.ts';

/** One call of a session, past the door. */
export interface Call {
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly asked: Asked;
  /** Counting tokens costs nothing. */
  readonly charged: boolean;
  readonly response: ServerResponse;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** Pays for one call, at most once. */
export interface Bill {
  /**
   * Sets more aside when an answer outgrows what is set aside for it. False: the budget holds no more,
   * the session has ended for it, and the answer must be broken off.
   */
  covers(soFar: Tokens | null): Promise<boolean>;
  /** Stores the charge in place of what was set aside; null tokens: the upstream did not tell. */
  pay(tokens: Tokens | null, upstreamId: string | undefined): Promise<void>;
  /** Nothing was spent: gives back what was set aside. */
  waive(): Promise<void>;
}
