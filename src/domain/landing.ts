import type { StoredEvent } from './event.ts';

/** Why main is not in the user's repository, from a project's events in their order; null: nothing keeps it out. */
export function notLandedIn(events: readonly StoredEvent[]): string | null {
  const last = events.findLast(
    ({ event }) => event.type === 'main.landed' || event.type === 'land.delayed',
  );
  return last?.event.type === 'land.delayed' ? last.event.reason : null;
}
