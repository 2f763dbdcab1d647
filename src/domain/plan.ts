import type { ItemDraft } from './work-item.ts';

/** What task breakdown agrees on. */
export interface Plan {
  readonly summary: string;
  /** Shell command that proves the whole product: run at every gate once it exists. */
  readonly projectCheck: string;
  readonly items: readonly ItemDraft[];
}

/** Everything that makes a plan unusable, each as a sentence for its author; empty: it is fine. */
export function faultsOf(items: readonly ItemDraft[]): readonly string[] {
  if (items.length === 0) return ['The plan has no work items.'];
  return [...duplicates(items), ...dangling(items), ...withoutChecks(items), ...cycles(items)];
}

/** The same of keys that mean something else in the project already. */
export function keyFaults(taken: readonly string[]): readonly string[] {
  if (taken.length === 0) return [];
  return [
    `An earlier run or a person used the keys ${taken.join(', ')} for other work items; give these items new ones.`,
  ];
}

function duplicates(items: readonly ItemDraft[]): string[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    if (seen.has(key)) return [`The key ${key} is used twice.`];
    seen.add(key);
    return [];
  });
}

function dangling(items: readonly ItemDraft[]): string[] {
  const keys = new Set(items.map((item) => item.key));
  return items.flatMap((item) =>
    item.dependencies
      .filter((needed) => !keys.has(needed))
      .map((needed) => `${item.key} depends on ${needed}, which is not in the plan.`),
  );
}

function withoutChecks(items: readonly ItemDraft[]): string[] {
  return items
    .filter((item) => item.checks.length === 0)
    .map((item) => `${item.key} has no check, so nothing could prove it done.`);
}

/** Repeatedly removes what has no open dependency; what is left stands in a circle. */
function cycles(items: readonly ItemDraft[]): string[] {
  const keys = new Set(items.map((item) => item.key));
  let open = items.map((item) => ({
    key: item.key,
    needs: item.dependencies.filter((needed) => keys.has(needed)),
  }));
  for (;;) {
    const stuck = new Set(open.map((item) => item.key));
    const next = open.filter((item) => item.needs.some((needed) => stuck.has(needed)));
    if (next.length === 0) return [];
    if (next.length === open.length)
      return [`These items wait for each other: ${[...stuck].join(', ')}.`];
    open = next;
  }
}
