import type { App } from '../app.ts';
import { isRetired } from './find.ts';
import type { Source, StreamRecord } from './event-stream.ts';
import { Refusal } from './problems.ts';
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

/** Up to which event of each project somebody has read: what events of all projects are numbered by. */
export type Positions = ReadonlyMap<string, number>;

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

/** Where all projects are now. */
export async function positionsNow(store: Store): Promise<Positions> {
  const ids = await knownProjects(store);
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await store.events.last(id)] as const)),
  );
}

async function knownProjects(store: Store): Promise<readonly string[]> {
  const projects = await store.projects.list();
  return projects.filter((project) => !isRetired(project)).map(({ id }) => id);
}

const ID_BYTES = 16;
const ENTRY_BYTES = ID_BYTES + 4;

/** 27 characters a project. */
function encodePositions(positions: Positions): string {
  const entries = [...positions].map(([id, n]) => {
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.write(id.replaceAll('-', ''), 'hex');
    entry.writeUInt32BE(n, ID_BYTES);
    return entry;
  });
  return Buffer.concat(entries).toString('base64url') || '0';
}

/** Refuses with 400 what is none of ours. */
export function decodePositions(text: string): Positions {
  if (text === '0') return new Map();
  const bytes = Buffer.from(text, 'base64url');
  if (
    bytes.length === 0 ||
    bytes.length % ENTRY_BYTES !== 0 ||
    bytes.toString('base64url') !== text
  )
    throw new Refusal(400, 'AFTER_INVALID', {
      detail: '`after` is 0, now, or the id of an event of this stream',
    });
  const positions = new Map<string, number>();
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const hex = bytes.subarray(at, at + ID_BYTES).toString('hex');
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
    positions.set(id, bytes.readUInt32BE(at + ID_BYTES));
  }
  return positions;
}
