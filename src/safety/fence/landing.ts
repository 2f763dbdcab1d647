import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { hasCode } from '../../domain/errors.ts';

/** As many as the kernel follows. */
const MOST_LINKS = 40;

interface Ground {
  readonly workspace: string;
  /** The target of a link, by the workspace's real path. */
  readonly grounded: (target: string) => string;
}

/**
 * Where a path below the workspace leads, name by name as the kernel takes it, with every link
 * followed; what is still to be made has none. Outside of the workspace nothing is looked up, since
 * the box has other files there than the host. Null: too many links.
 */
export function landingOf(ground: Ground, path: string): string | null {
  let at = path.startsWith(sep) ? sep : ground.workspace;
  const names = namesIn(path);
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(at, name);
    const target = name === '..' ? null : linkAt(ground.workspace, next);
    if (target === null) at = next;
    else {
      links += 1;
      if (links > MOST_LINKS) return null;
      if (target.startsWith(sep)) at = sep;
      names.unshift(...namesIn(ground.grounded(target)));
    }
  }
  return at;
}

function namesIn(path: string): string[] {
  return path.split(sep).filter((name) => name !== '' && name !== '.');
}

function linkAt(workspace: string, path: string): string | null {
  if (!path.startsWith(workspace + sep)) return null;
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'EINVAL')) return null;
    throw error;
  }
}

/** What stands at a path: `shared` is a file with several names, `special` a pipe, socket or device. */
export function entryAt(path: string): 'nothing' | 'file' | 'folder' | 'shared' | 'special' {
  const found = look(path);
  if (found === undefined) return 'nothing';
  if (found.isDirectory()) return 'folder';
  if (!found.isFile()) return 'special';
  return found.nlink === 1 ? 'file' : 'shared';
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
}
