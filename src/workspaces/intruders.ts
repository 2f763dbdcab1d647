import { changesBetween, changesOnTheWay } from './changes.ts';
import { blobOf, sizeOf } from './contents.ts';
import type { Change } from './facts.ts';
import { gitFailed } from './git.ts';
import type { Stores } from './stores.ts';

/** What no commit of an agent may bring in, by its first kind. */
export interface Intruders {
  readonly reason: string;
  readonly files: readonly string[];
}

/** Longer targets are no paths on Linux. */
const MAX_TARGET = 4096;

/** What hosts of repositories take of one file; every clone and every gate writes it out again. */
const MAX_FILE_BYTES = 100 * 1024 * 1024;

/** Of all that an attempt brings in: as much is written for each clone and gate after it. */
const MAX_ALL_BYTES = 1024 * 1024 * 1024;

/** Submodules, files that are too large, and symlinks that lead out, among what differs between two commits; null: none. */
export async function findIntruders(
  stores: Stores,
  base: string,
  tip: string,
): Promise<Intruders | null> {
  return judge(stores, await changesBetween(stores, base, tip));
}

/** Whether any single commit on the way brought such a thing in, even if a later one removed it. */
export async function historyHasIntruders(
  stores: Stores,
  base: string,
  tip: string,
): Promise<boolean> {
  return (await judge(stores, await changesOnTheWay(stores, base, tip))) !== null;
}

async function judge(stores: Stores, changes: readonly Change[]): Promise<Intruders | null> {
  const modules = changes.filter(({ mode, path }) => mode === '160000' || isModules(path, mode));
  if (modules.length > 0) {
    const files = modules.map(({ path }) => readable(path));
    return { reason: `Submodules are not supported: ${files.join(', ')}`, files };
  }
  const files: string[] = [];
  for (const link of changes.filter(({ mode }) => mode === '120000')) {
    if (escapes(link.path, await targetOf(stores, link.blob))) files.push(readable(link.path));
  }
  if (files.length === 0) return tooLarge(stores, changes);
  return { reason: `Symlinks lead out of the project: ${files.join(', ')}`, files };
}

/** A few bytes of a pack can unfold to any size. */
async function tooLarge(stores: Stores, changes: readonly Change[]): Promise<Intruders | null> {
  const sizes = await sizesOf(
    stores,
    changes.filter(({ mode }) => mode.startsWith('100')),
  );
  const large = sizes.filter(({ bytes }) => bytes > MAX_FILE_BYTES);
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const named = large.length > 0 ? large : sizes.toSorted((a, b) => b.bytes - a.bytes).slice(0, 5);
  if (large.length === 0 && all <= MAX_ALL_BYTES) return null;
  const limit =
    large.length > 0
      ? `A file has more than ${inMb(MAX_FILE_BYTES)}`
      : `All files together have ${inMb(all)}`;
  const list = named.map(({ path, bytes }) => `${readable(path)} (${inMb(bytes)})`).join(', ');
  const files = named.map(({ path }) => readable(path));
  return { reason: `${limit}: ${list}. Remove them, or have git ignore them`, files };
}

const inMb = (bytes: number): string => `${Math.ceil(bytes / (1024 * 1024))} MB`;

interface Sized {
  readonly path: string;
  readonly bytes: number;
}

async function sizesOf(
  { git, attempts: gitDir }: Stores,
  changes: readonly Change[],
): Promise<readonly Sized[]> {
  if (changes.length === 0) return [];
  const order = {
    gitDir,
    args: ['cat-file', '--batch-check=%(objectsize)', '--buffer'],
    input: `${changes.map(({ blob }) => blob).join('\n')}\n`,
  };
  const outcome = await git.run(order);
  if (outcome.exit !== 0) throw gitFailed(order, outcome);
  const sizes = outcome.stdout.toString('latin1').split('\n').map(Number);
  return changes.map(({ path }, at) => ({ path, bytes: sizes[at] ?? Infinity }));
}

const isModules = (path: string, mode: string): boolean =>
  path.toLowerCase() === '.gitmodules' && mode !== '000000';

const readable = (path: string): string => Buffer.from(path, 'latin1').toString('utf8');

async function targetOf(stores: Stores, blob: string): Promise<string> {
  if ((await sizeOf(stores, blob)) > MAX_TARGET) return '/';
  return (await blobOf(stores, blob)).toString('latin1');
}

/**
 * Whether a link may lead out of the tree. `..` counts only at the front: after a name, which may
 * itself be a link, nobody can tell where it leads.
 */
export function escapes(path: string, target: string): boolean {
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const ups = parts.findIndex((part) => part !== '..');
  const names = ups < 0 ? [] : parts.slice(ups);
  const depth = path.split('/').length - 1;
  if (target.startsWith('/') || target.includes('\0')) return true;
  if ((ups < 0 ? parts.length : ups) > depth) return true;
  return names.some((name) => name === '..' || /^\.git$/i.test(name));
}
