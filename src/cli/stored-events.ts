import type { StoredEvent } from '../domain/event.ts';
import type { Reader } from '../app.ts';

/** All events of a project from the one after `after`, in order. */
export async function eventsAfter(
  { store }: Pick<Reader, 'store'>,
  projectId: string,
  after: number,
): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const last = events.at(-1)?.id ?? after;
    const more = await store.events.read(projectId, { after: last, limit: 1000 });
    events.push(...more);
    if (more.length < 1000) return events;
  }
}

/** Number of the newest event; 0 before the first. */
export async function lastEventId(
  reader: Pick<Reader, 'store'>,
  projectId: string,
): Promise<number> {
  return (await eventsAfter(reader, projectId, 0)).at(-1)?.id ?? 0;
}
