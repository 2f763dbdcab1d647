import type { App } from '../app.ts';
import { isRetired } from './find.ts';
import { Refusal } from './problems.ts';

type Store = App['store'];

/** Up to which event of each project somebody has read: what events of all projects are numbered by. */
export type Positions = ReadonlyMap<string, number>;

/** Longest text of positions, in characters: it comes back in a header or a URL. */
export const MOST_POSITION_CHARS = 48_000;

/** Of those that are not on the lists any more nothing is told. */
export async function knownProjects(store: Store): Promise<readonly string[]> {
  const projects = await store.projects.list();
  return projects.filter((project) => !isRetired(project)).map(({ id }) => id);
}

/** Where all projects are now. */
export async function positionsNow(store: Store): Promise<Positions> {
  const ids = await followable(store);
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await store.events.last(id)] as const)),
  );
}

/** Each may have millions of events, and their number may double while somebody listens. */
const MOST_PROJECTS = 2000;

/** Refuses with 409 more projects than a place in each can be named of in one id. */
async function followable(store: Store): Promise<readonly string[]> {
  const ids = await knownProjects(store);
  if (ids.length <= MOST_PROJECTS) return ids;
  throw new Refusal(409, 'PROJECTS_TOO_MANY', {
    detail: `One stream follows up to ${MOST_PROJECTS} projects, and there are ${ids.length}; follow each at /v1/projects/ID/events`,
  });
}

/** So much of a project's id tells it from all others of one database. */
const KEY_BYTES = 5;

/** An event's number, 7 bits a byte, is shorter than this. */
const MOST_NUMBER_BYTES = 7;

/** 10 characters a project. */
export function encodePositions(positions: Positions): string {
  const entries = [...positions].map(([id, n]) =>
    Buffer.concat([keyOf(id), Buffer.from(numberBytes(n))]),
  );
  return Buffer.concat(entries).toString('base64url') || '0';
}

/** Refuses with 400 what is none of ours; what names no project of the store is left out. */
export async function decodePositions(store: Store, text: string): Promise<Positions> {
  const known = await followable(store);
  if (text === '0') return new Map();
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length === 0 || bytes.toString('base64url') !== text) throw invalid();
  const ids = new Map(known.map((id) => [keyOf(id).toString('hex'), id]));
  const positions = new Map<string, number>();
  for (let at = 0; at < bytes.length;) {
    const id = ids.get(bytes.subarray(at, at + KEY_BYTES).toString('hex'));
    const { n, next } = numberAt(bytes, at + KEY_BYTES);
    if (id !== undefined) positions.set(id, n);
    at = next;
  }
  return positions;
}

function keyOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', '').slice(0, KEY_BYTES * 2), 'hex');
}

function numberBytes(n: number): readonly number[] {
  return n < 128 ? [n] : [(n % 128) + 128, ...numberBytes(Math.floor(n / 128))];
}

function numberAt(bytes: Buffer, from: number): { readonly n: number; readonly next: number } {
  let n = 0;
  for (let place = 0; place < MOST_NUMBER_BYTES; place += 1) {
    const byte = bytes[from + place];
    if (byte === undefined) break;
    n += (byte % 128) * 128 ** place;
    if (byte < 128) return { n, next: from + place + 1 };
  }
  throw invalid();
}

function invalid(): Refusal {
  return new Refusal(400, 'AFTER_INVALID', {
    detail: '`after` is 0, now, or the id of an event of this stream',
  });
}
