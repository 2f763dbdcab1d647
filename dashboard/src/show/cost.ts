import type { Cost } from '../../../src/server/contract.ts';

export type Part = Cost['parts'][number];

/** The dearest first; an unknown cost is not small: it stands before all. */
export function sortedParts(parts: readonly Part[]): readonly Part[] {
  const rank = ({ usage }: Part): number => usage.cost_usd ?? Infinity;
  return parts.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

/** Percent of a whole, from 0 to 100; of nothing: 0. */
export function shareOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.max(0, Math.min(100, (part / whole) * 100));
}
