import { lstatSync } from 'node:fs';
import { changesBetween } from './changes.ts';
import { blobOf } from './contents.ts';
import type { Change } from './facts.ts';
import { contentOf, targetOf } from './no-follow.ts';
import type { Stores } from './stores.ts';

/** One fast-forward of a user's checked-out branch. */
export interface Advance {
  readonly gitDir: string;
  readonly workTree: string;
  readonly ref: string;
  readonly pins: readonly (readonly [string, string])[];
  readonly from: string;
  readonly to: string;
}

/** Larger files are not compared: then a person decides. */
const MAX_COMPARED = 256 * 1024 * 1024;

/**
 * Whether all that an interrupted landing left behind is its own: each dirty or new path is one it
 * had to write, and holds the new content, the beginning of it, or nothing.
 */
export async function isOwnWork(stores: Stores, plan: Advance, dirty: Buffer): Promise<boolean> {
  const changes = await changesBetween(stores, plan.from, plan.to);
  const known = new Map(changes.map((change) => [change.path, change]));
  const names = dirty.toString('latin1').split('\0').filter(Boolean);
  const added = changes.filter(({ status }) => status === 'A').map(({ path }) => path);
  for (const path of [...names, ...added]) {
    const change = known.get(path);
    if (change === undefined || !(await isOurs(stores, plan, change))) return false;
  }
  return true;
}

async function isOurs(stores: Stores, { workTree }: Advance, change: Change): Promise<boolean> {
  const at = Buffer.concat([Buffer.from(`${workTree}/`), Buffer.from(change.path, 'latin1')]);
  const stats = lstatSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  if (change.status === 'D' || stats.isDirectory()) return false;
  const found = stats.isSymbolicLink() ? targetOf(at) : contentOf(at, MAX_COMPARED);
  const wanted = await blobOf(stores, change.blob);
  return found !== undefined && wanted.subarray(0, found.length).equals(found);
}
