import { lstatSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { entriesOf } from './contents.ts';
import type { Change, Entries } from './facts.ts';
import { walk } from './no-follow.ts';
import type { Stores } from './stores.ts';

/**
 * The first untracked or ignored file that a new path would replace, or undefined. git itself would
 * overwrite ignored files without a word.
 */
export async function findInTheWay(
  stores: Stores,
  directory: string,
  order: { readonly from: string; readonly changes: readonly Change[] },
): Promise<string | undefined> {
  const tracked = await entriesOf(stores, order.from);
  for (const { path } of order.changes.filter(({ status }) => status === 'A')) {
    const name = Buffer.from(path, 'latin1').toString('utf8');
    const found = aboveIt(directory, path, tracked) ?? (await atIt(directory, path, tracked));
    if (found !== undefined) return found === path ? name : Buffer.from(found, 'latin1').toString();
  }
  return undefined;
}

/** A file, of the user, where the new path needs a folder. */
function aboveIt(directory: string, path: string, tracked: Entries): string | undefined {
  for (let up = dirname(path); up !== '.'; up = dirname(up)) {
    const stats = lookAt(directory, up);
    if (stats !== undefined && !stats.isDirectory() && !tracked.has(up)) return up;
  }
  return undefined;
}

/** A file at the new path itself, or files of the user in a folder of that name. */
async function atIt(
  directory: string,
  path: string,
  tracked: Entries,
): Promise<string | undefined> {
  const stats = lookAt(directory, path);
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return path;
  const folder = join(directory, Buffer.from(path, 'latin1').toString('utf8'));
  for await (const found of walk(folder, { enter: () => true, lost: () => undefined })) {
    const below = `${path}/${found.path.toString('latin1')}`;
    if (!tracked.has(below)) return below;
  }
  return undefined;
}

function lookAt(directory: string, path: string): Stats | undefined {
  const at = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]);
  try {
    return lstatSync(at, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
