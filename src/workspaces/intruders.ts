import { changesBetween, changesOnTheWay } from './changes.ts';
import { blobOf, sizeOf } from './contents.ts';
import type { Change } from './facts.ts';
import type { Stores } from './stores.ts';

/** What no commit of an agent may bring in, by its first kind. */
export interface Intruders {
  readonly reason: string;
  readonly files: readonly string[];
}

/** Longer targets are no paths on Linux. */
const MAX_TARGET = 4096;

/** Submodules and symlinks that lead out, among what differs between two commits; null: none. */
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
  if (files.length === 0) return null;
  return { reason: `Symlinks lead out of the project: ${files.join(', ')}`, files };
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
