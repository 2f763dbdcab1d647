import type { Values } from './store.ts';

export interface LimitOrder {
  /** In each window. */
  readonly requests: number;
  readonly points: number;
  readonly windowMs: number;
}

/** Those of an API key, as documented in 2026. */
export const DOCUMENTED: LimitOrder = {
  requests: 2500,
  points: 3_000_000,
  windowMs: 3_600_000,
};

/** Of one operation. */
export const MOST_POINTS = 10_000;

/** Two buckets that are full again at the end of each window. */
export interface Limits {
  /** False: one of them is empty; nothing is taken then. */
  take(points: number): boolean;
  headers(points: number): Readonly<Record<string, string>>;
  status(): readonly Values[];
  /** Takes everything that is left. */
  drain(): void;
}

export function createLimits(
  { requests, points, windowMs }: LimitOrder,
  now: () => number,
): Limits {
  const left = { requests, points, until: now() + windowMs };
  const refill = (): void => {
    if (now() < left.until) return;
    Object.assign(left, { requests, points, until: now() + windowMs });
  };
  const status = (type: string, allowedAmount: number, remainingAmount: number): Values => ({
    type,
    allowedAmount,
    remainingAmount,
    requestedAmount: 1,
    period: windowMs,
    reset: left.until,
  });
  return {
    take(wanted) {
      refill();
      if (left.requests < 1 || left.points < wanted) return false;
      left.requests -= 1;
      left.points -= wanted;
      return true;
    },
    headers: (wanted) => ({
      'x-complexity': String(wanted),
      'x-ratelimit-requests-limit': String(requests),
      'x-ratelimit-requests-remaining': String(left.requests),
      'x-ratelimit-requests-reset': String(left.until),
      'x-ratelimit-complexity-limit': String(points),
      'x-ratelimit-complexity-remaining': String(left.points),
      'x-ratelimit-complexity-reset': String(left.until),
    }),
    status: () => [
      status('requests', requests, left.requests),
      status('complexity', points, left.points),
    ],
    drain: () => void Object.assign(left, { requests: 0, points: 0 }),
  };
}
