import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A hierarchy of control groups, as this process sees it. */
export interface ControlMount {
  readonly version: 1 | 2;
  /** Of version 1; version 2 has one hierarchy for all. */
  readonly controllers: readonly string[];
  /** Where it is mounted. */
  readonly root: string;
  /** Folder of the group that this process is in. */
  readonly own: string;
}

/** The hierarchies that are mounted here and hold this process. None on a system without them. */
export async function controlMounts(
  tables: { readonly mounts: string; readonly own: string } | undefined,
): Promise<readonly ControlMount[]> {
  const { mounts, own } = tables ?? (await readTables());
  const memberships = own.split('\n').flatMap((line) => {
    const [, id, controllers, path] = /^(\d+):([^:]*):(\/.*)$/u.exec(line) ?? [];
    return path === undefined ? [] : [{ v2: id === '0', controllers: controllers ?? '', path }];
  });
  return mounts.split('\n').flatMap((line) => {
    const mount = mountOf(line);
    if (mount === undefined) return [];
    const member = memberships.find(({ v2, controllers }) =>
      mount.version === 2
        ? v2
        : !v2 && controllers.split(',').some((name) => mount.controllers.includes(name)),
    );
    const below = member === undefined ? '..' : relative(mount.shown, member.path);
    // A container may be shown another part of the hierarchy than the one it is in.
    return below.split('/').includes('..') ? [] : [{ ...mount, own: join(mount.root, below) }];
  });
}

async function readTables(): Promise<{ mounts: string; own: string }> {
  return { mounts: await readOwn('mountinfo'), own: await readOwn('cgroup') };
}

/** Empty on a system without it. */
async function readOwn(name: string): Promise<string> {
  return readFile(`/proc/self/${name}`, 'utf8').catch(() => '');
}

interface Mount extends Omit<ControlMount, 'own'> {
  /** Part of the hierarchy that is mounted. */
  readonly shown: string;
}

/** A line of mountinfo: `36 31 0:33 SHOWN ROOT options - cgroup source rw,pids`. */
function mountOf(line: string): Mount | undefined {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , shown, root] = before.split(' ');
  const [kind, , options = ''] = after.split(' ');
  if (shown === undefined || root === undefined) return undefined;
  if (kind === 'cgroup2') return { version: 2, controllers: [], shown, root };
  return kind === 'cgroup'
    ? { version: 1, controllers: options.split(','), shown, root }
    : undefined;
}
