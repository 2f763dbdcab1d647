import { eventsAfter, type Reader } from '../app.ts';

/** Number of the newest event; 0 before the first. */
export async function lastEventId(
  reader: Pick<Reader, 'store'>,
  projectId: string,
): Promise<number> {
  return (await eventsAfter(reader.store, projectId, 0)).at(-1)?.id ?? 0;
}
