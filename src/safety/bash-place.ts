import { realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { hasCode } from '../domain/errors.ts';
import { landingOf } from './fence/landing.ts';
import { isProtected } from './fence/protected.ts';
import { within, type Place } from './policy/jail.ts';

/** The system's own folders in every box. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib64'] as const;

/** Where a command would run, for the policy. */
export interface PlaceOrder {
  /** Folder of the project, as the session has it. */
  readonly workspace: string;
  /** Folder the shell stands in; null: the project's. */
  readonly cwd: string | null;
  /** Folders of the toolchain besides the system's. */
  readonly readable: readonly string[];
  /** `/tmp` is the box's own, not the host's. */
  readonly sealed: boolean;
  /** Globs of what only a person may change. */
  readonly protectedPaths: readonly string[];
}

/**
 * What the bash policy knows of the files around a session. Links are followed in the workspace
 * only: elsewhere the box has a tree of its own.
 */
export function bashPlace(order: PlaceOrder): Place {
  const { workspace, cwd, readable, protectedPaths } = order;
  const root = realOf(workspace);
  const grounded = (target: string): string =>
    within([workspace], target) ? root + target.slice(workspace.length) : target;
  const known = new Map<string, string>();
  const landing = (path: string): string => {
    const found = landingOf({ workspace: root, grounded }, grounded(path));
    // What leads around in a circle leads nowhere that could be allowed.
    return found ?? '/';
  };
  return {
    workspace: root,
    cwd: cwd === null ? root : landing(posix.resolve(cwd)),
    scratch: order.sealed ? ['/tmp'] : [],
    readable: [...SYSTEM, ...readable],
    protects: (below) => isProtected(below, protectedPaths) !== null,
    realOf: (path) => {
      const real = known.get(path) ?? landing(path);
      known.set(path, real);
      return real;
    },
  };
}

/** The project's folder may be a link itself, or not be there yet. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return posix.resolve(path);
    throw error;
  }
}
