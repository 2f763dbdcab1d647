import type { App } from '../app.ts';
import { encodePositions, knownProjects, type Positions } from './event-positions.ts';
import type { Source, StreamRecord } from './event-stream.ts';
import { eventView } from './views.ts';

type Store = App['store'];

/** Events read at once. */
const BATCH = 200;

/** The events of one project after this number. */
export function projectSource(store: Store, projectId: string, after: number): Source {
  let last = after;
  return {
    async next() {
      const events = await store.events.read(projectId, { after: last, limit: BATCH });
      last = events.at(-1)?.id ?? last;
      return events.map((stored) => ({
        id: String(stored.id),
        type: stored.event.type,
        data: eventView(stored),
      }));
    },
    onMore: (wake) => store.events.onCommit((id) => (id === projectId ? wake() : undefined)),
  };
}

/**
 * The events of all projects, those of each in order. Each record's id says how far every project has
 * been read, so that none is missed or told twice by whoever goes on from there.
 */
export function wholeSource(store: Store, after: Positions): Source {
  const read = new Map(after);
  const changed = new Set<string>();
  let all = true;
  return {
    async next() {
      const wanted = all ? await knownProjects(store) : [...changed];
      all = false;
      const records: StreamRecord[] = [];
      for (const projectId of wanted) {
        changed.delete(projectId);
        const events = await store.events.read(projectId, {
          after: read.get(projectId) ?? 0,
          limit: BATCH,
        });
        if (events.length === BATCH) changed.add(projectId);
        for (const stored of events) {
          read.set(projectId, stored.id);
          const id = encodePositions(read);
          records.push({ id, type: stored.event.type, data: eventView(stored) });
        }
      }
      return records.length === 0 && changed.size > 0 ? this.next() : records;
    },
    onMore: (wake) =>
      store.events.onCommit((projectId) => {
        changed.add(projectId);
        wake();
      }),
  };
}
