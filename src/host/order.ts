import type { Upstream } from '../gateway/wire.ts';

/** What somebody wants hosted. */
export interface HostOrder {
  readonly label: string;
  /** Only work items that carry one of these; absent or none: everything. */
  readonly labels?: readonly string[];
  readonly upstream: Upstream;
  /** `explicit`: a person chose to work without a box; `allowed`: only if there is none. */
  readonly unsealed: 'never' | 'allowed' | 'explicit';
  /** Attempts at once in this process. */
  readonly capacity: number;
  readonly leaseMs?: number;
}
