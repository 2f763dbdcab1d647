import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../domain/errors.ts';
import { RECORD } from './kept.ts';

/** Where to look for environments that nobody needs any more. */
export interface SweepOrder {
  /** Where environments are kept. */
  readonly folder: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Unique over all processes. */
  readonly newId: () => string;
  /** Whether the process that made a draft is gone; undefined where that can't be told from here. */
  readonly isGone: (maker: string) => Promise<boolean | undefined>;
}

/** Used within this time it may be in use: attempts of a live run use theirs again and again. */
const IN_USE_MS = 24 * 60 * 60_000;

/** Of those that nobody used for so long, the newest are kept: a run that is resumed next week. */
const SPARE = 5;

const KEPT = /^[0-9a-f]{32}$/u;
const DRAFT = /^draft-([^-]+)-/u;

/**
 * Bounds what prepared environments take: removes drafts of processes that are gone, and all but
 * the newest few of those that were not used for a day. What is removed is renamed first, so that
 * nobody finds half of it, and of two processes that sweep at once one gets each.
 */
export async function sweepEnvironments(order: SweepOrder): Promise<readonly string[]> {
  const names = await readdir(order.folder);
  const old = await longUnused(order, names);
  const removed: string[] = [];
  for (const name of [...old.slice(SPARE), ...(await abandoned(order, names))])
    if (await remove(order, name)) removed.push(name);
  return removed;
}

/** Newest first. */
async function longUnused(
  { folder, now }: SweepOrder,
  names: readonly string[],
): Promise<readonly string[]> {
  const used: { name: string; at: number }[] = [];
  for (const name of names.filter((one) => KEPT.test(one))) {
    const at = await lastChange(join(folder, name, RECORD));
    if (at !== undefined) used.push({ name, at });
  }
  return used
    .filter(({ at }) => now - at > IN_USE_MS)
    .toSorted((a, b) => b.at - a.at)
    .map(({ name }) => name);
}

/** Of makers on another machine, or before a restart of this one, nothing is known but the age. */
async function abandoned(
  { folder, now, isGone }: SweepOrder,
  names: readonly string[],
): Promise<readonly string[]> {
  const drafts: string[] = [];
  for (const name of names) {
    const maker = DRAFT.exec(name)?.[1];
    if (maker === undefined) continue;
    const gone = await isGone(maker);
    const at = (await lastChange(join(folder, name))) ?? now;
    if (gone ?? now - at > IN_USE_MS) drafts.push(name);
  }
  return drafts;
}

async function remove({ folder, newId }: SweepOrder, name: string): Promise<boolean> {
  // The name of a draft whose maker nobody knows: what is left of it is old enough one day.
  const aside = join(folder, `draft-removed-${newId()}`);
  try {
    await rename(join(folder, name), aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
  return true;
}

async function lastChange(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
