import type { StoredEvent } from './event.ts';

/** Proved work that is on the harness's main only. */
export interface Unlanded {
  /** What keeps it out of the user's repository. */
  readonly reason: string;
  /** Keys of the items it belongs to; none where only documents are missing. */
  readonly items: readonly string[];
}

/** What of main is not in the user's repository, from a project's events in their order; null: nothing is kept out. */
export function unlandedIn(events: readonly StoredEvent[]): Unlanded | null {
  const last = events.findLast(({ event }) => LANDINGS.has(event.type))?.event;
  if (last?.type !== 'land.delayed') return null;
  const moves = new Map(
    events.flatMap(({ id, event }) => (event.type === 'main.moved' ? [[event.to, id]] : [])),
  );
  const reached = Math.max(
    0,
    ...events.flatMap(({ id, event }) =>
      event.type === 'main.landed' ? [moves.get(event.commit) ?? id] : [],
    ),
  );
  const items = events.flatMap(({ id, event }) =>
    event.type === 'item.done' && (moves.get(event.commit) ?? id) > reached ? [event.item] : [],
  );
  return { reason: last.reason, items };
}

const LANDINGS: ReadonlySet<string> = new Set(['main.landed', 'land.delayed']);
