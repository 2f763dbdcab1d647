import type { Usage } from './usage.ts';

/** What the rest will probably cost. */
export interface Forecast {
  readonly remaining: number;
  /** US dollars beyond what was spent; null: unknown. */
  readonly moreUsd: number | null;
}

/**
 * Remaining items times the mean of those done. Unknown before there is a plan, before the first one is done, and as soon as
 * the cost of one is.
 */
export function forecast(facts: {
  readonly perItem: readonly { readonly name: string; readonly usage: Usage }[];
  readonly done: readonly string[];
  readonly remaining: number;
  /** There are work items by now, settled ones too. */
  readonly planned: boolean;
}): Forecast {
  const { perItem, done, remaining, planned } = facts;
  if (!planned) return { remaining, moreUsd: null };
  if (remaining === 0) return { remaining, moreUsd: 0 };
  const costs = perItem.filter(({ name }) => done.includes(name)).map(({ usage }) => usage.costUsd);
  const known = costs.filter((cost) => cost !== null);
  if (known.length === 0 || known.length < costs.length) return { remaining, moreUsd: null };
  const mean = known.reduce((sum, cost) => sum + cost, 0) / done.length;
  return { remaining, moreUsd: mean * remaining };
}
