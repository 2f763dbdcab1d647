import { createHash } from 'node:crypto';

/** One path of a tree. */
export interface TreeEntry {
  /** Six octal digits as git has them: 100644, 100755, 120000, 160000. */
  readonly mode: string;
  readonly blob: string;
}

/** Files by their paths, which are latin1, so that any bytes fit. */
export type Entries = ReadonlyMap<string, TreeEntry>;

/** One path that differs between two trees. */
export interface Change {
  /** Mode and blob afterwards; zeros when the path is gone. */
  readonly mode: string;
  readonly blob: string;
  /** git's letter: A added, D deleted, M modified, T type changed. */
  readonly status: string;
  /** latin1, so that any bytes fit. */
  readonly path: string;
}

/**
 * What git told of objects, by their names. A name is a hash of the content, and nothing is ever
 * removed from our repositories, so none of it goes out of date.
 */
export interface Facts {
  /** Trees of commits. */
  readonly trees: Recent<string>;
  /** Every file of a commit or tree. */
  readonly entries: Recent<Entries>;
  /** Contents of blobs. */
  readonly blobs: Recent<Buffer>;
  /** What differs between two commits; the key is both names. */
  readonly changes: Recent<readonly Change[]>;
  /** Merges whose objects are in main's repository. */
  readonly carried: Recent<true>;
}

/** The values asked for most recently, as many as fit. */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/** About 200 bytes an entry or change. */
const MAX_ENTRIES = 200_000;
const MAX_BLOB_BYTES = 16 * 1024 * 1024;
const MAX_TREES = 5000;
const MAX_CARRIED = 1000;
/** An object name where a caller could also give a reference, which moves. */
const NAME = /^[0-9a-f]{40}( [0-9a-f]{40})?$/;

/**
 * What objects hold, kept in bounds: the least recently used goes first. Hashes never change their
 * meaning.
 */
export function createFacts(): Facts {
  return {
    trees: createRecent(MAX_TREES, () => 1),
    entries: createRecent(MAX_ENTRIES, (files) => files.size + 1),
    blobs: createRecent(MAX_BLOB_BYTES, (content) => content.length + 100),
    changes: createRecent(MAX_ENTRIES, (changes) => changes.length + 1),
    carried: createRecent(MAX_CARRIED, () => 1),
  };
}

/** Keeps values of this total weight; one heavier than a quarter of it would only push out others. */
export function createRecent<Value>(
  capacity: number,
  weigh: (value: Value) => number,
): Recent<Value> {
  const values = new Map<string, Value>();
  let total = 0;
  const forget = (key: string): void => {
    const value = values.get(key);
    if (value !== undefined && values.delete(key)) total -= weigh(value);
  };
  return {
    get(key) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      values.delete(key);
      values.set(key, value);
      return value;
    },
    set(key, value) {
      forget(key);
      if (!NAME.test(key) || weigh(value) > capacity / 4) return;
      values.set(key, value);
      total += weigh(value);
      for (const oldest of values.keys()) {
        if (total <= capacity) break;
        forget(oldest);
      }
    },
  };
}

/** The name git gives a blob of this content, in repositories of SHA-1 objects: ours all are. */
export function blobName(content: Buffer | string): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
