import { isDeepStrictEqual } from 'node:util';
import { readChecks } from '../demo/checks-section.ts';
import { titleLine } from '../domain/demo.ts';
import type { ItemDraft, WorkItem } from '../domain/work-item.ts';
import type { ItemEdit } from '../work/run-store.ts';
import type { TrackedItem } from '../work/tracker.ts';

type Waiting = Pick<ItemDraft, 'key' | 'dependencies'>;

/** Everything in the tracker, by key. */
export type Tracked = ReadonlyMap<string, TrackedItem>;

/**
 * What each of these items waits for, as people want it by now. What the tracker names beyond them, or
 * what would close a circle, is left out: an item that waits for itself waits for ever.
 */
export function followed(
  items: readonly Waiting[],
  tracked: Tracked,
): ReadonlyMap<string, readonly string[]> {
  const known = new Set(items.map(({ key }) => key));
  const graph = new Map<string, readonly string[]>(
    items.map(({ key, dependencies }) => {
      const theirs = tracked.get(key)?.dependencies;
      const stays = (needed: string): boolean =>
        !known.has(needed) || theirs?.includes(needed) !== false;
      return [key, dependencies.filter(stays)];
    }),
  );
  for (const { key } of items)
    for (const needed of tracked.get(key)?.dependencies ?? []) {
      const before = graph.get(key) ?? [];
      if (!known.has(needed) || before.includes(needed) || reaches(graph, needed, key)) continue;
      graph.set(key, [...before, needed]);
    }
  return graph;
}

/** Whether the first waits for the second, however far behind. */
function reaches(graph: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const key of seen) for (const needed of graph.get(key) ?? []) seen.add(needed);
  return seen.has(to);
}

/** What people changed of an item that waits; undefined: nothing. */
export function editOf(
  item: WorkItem,
  theirs: TrackedItem,
  { dependencies, demo }: { readonly dependencies: readonly string[]; readonly demo: boolean },
): ItemEdit | undefined {
  const { description, priority, parent, labels } = theirs;
  const title = demo ? titleLine(theirs.title) : theirs.title;
  const { checks } = demo ? agreedAnew(item, description) : item;
  const edit = { title, description, priority, parent, labels, dependencies, checks };
  return isDeepStrictEqual({ ...item, ...edit }, item) ? undefined : edit;
}

/**
 * A person who rewrites how an issue is proved says it in its section "Checks". One that can't be read,
 * or is gone, changes nothing: an item is not to lose its proof by a slip.
 */
function agreedAnew(item: WorkItem, description: string): Pick<WorkItem, 'checks'> {
  if (description === item.description) return item;
  const said = readChecks(description);
  return said.kind === 'said' ? said : item;
}
