import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BoxLimits } from '../domain/box-limits.ts';
import { hasCode } from '../domain/errors.ts';
import type { Holding } from './box-limits.ts';
import { controlMounts, type ControlMount } from './control-mounts.ts';

/** Control groups that this process may make, one for each box. */
export interface ControlGroups {
  readonly holds: { readonly processes: boolean; readonly memory: boolean };
  /** Makes one with its limits set. Throws when it can't: a box without its limits must not start. */
  open(): ControlGroup;
}

interface ControlGroup {
  /** A process that writes its number into each of these is in the group, with all it starts. */
  readonly doors: readonly string[];
  /** Removes it once nothing runs in it any more; never throws. */
  remove(): void;
}

/** What boxes may take, and whose they are. */
export interface ControlGroupOrder {
  readonly limits: Pick<BoxLimits, 'processes' | 'memoryBytes'>;
  /** Of this process: its groups carry it, and whoever comes later removes those of the dead. */
  readonly pid: number;
  /** Text of `/proc/self/mountinfo` and `/proc/self/cgroup`; read when absent. */
  readonly tables?: { readonly mounts: string; readonly own: string };
}

const PREFIX = 'harness-box-';

/** When a group is removed again while its last processes are being reaped, ms after the end. */
const RETRIES_MS = [10, 100, 1000, 5000];

/** The control groups that can really be used here, tried with a process of ours; null: none. */
export async function findControlGroups(order: ControlGroupOrder): Promise<ControlGroups | null> {
  const usable: Place[] = [];
  for (const mount of await controlMounts(order.tables)) {
    const place = await placeIn(mount, order);
    if (place !== undefined) usable.push(place);
  }
  if (usable.length === 0) return null;
  return {
    holds: {
      processes: usable.some(({ holds }) => holds.includes('pids')),
      memory: usable.some(({ holds }) => holds.includes('memory')),
    },
    open: () => make(usable, nameFor(order.pid)),
  };
}

/** Not counted: several in one process, or of one number in different containers, may share a folder. */
function nameFor(pid: number): string {
  return `${PREFIX}${pid}-${randomBytes(6).toString('hex')}`;
}

/** How the limits of a box are held, given what groups there are and who we are. */
export function holdingOf(groups: ControlGroups | null, root: boolean): Holding {
  const fallback = root ? 'nothing' : 'resource limit';
  return {
    processes: groups?.holds.processes === true ? 'control group' : fallback,
    memory: groups?.holds.memory === true ? 'control group' : 'resource limit',
  };
}

type Controller = 'pids' | 'memory';

/** A folder below which groups can be made. */
interface Place {
  readonly folder: string;
  readonly holds: readonly Controller[];
  /** Files of a new group and what is written into them. */
  readonly settings: readonly Setting[];
}

interface Setting {
  readonly file: string;
  readonly value: number;
  readonly optional?: true;
}

async function placeIn(mount: ControlMount, order: ControlGroupOrder): Promise<Place | undefined> {
  for (const folder of mount.version === 1 ? [mount.own] : ancestors(mount)) {
    const holds = await controllersOf(mount, folder);
    const place = { folder, holds, settings: settingsOf(mount.version, holds, order.limits) };
    if (holds.length > 0 && (await works(place, order.pid))) return place;
  }
  return undefined;
}

/** In version 2 a group with processes can't hand controllers on, so its parents are tried too. */
function ancestors({ root, own }: ControlMount): readonly string[] {
  const found = [own];
  for (let at = own; at !== root && at.startsWith(root); at = dirname(at)) found.push(dirname(at));
  return found;
}

async function controllersOf(mount: ControlMount, folder: string): Promise<readonly Controller[]> {
  const named =
    mount.version === 1
      ? mount.controllers
      : (await readFile(join(folder, 'cgroup.subtree_control'), 'utf8').catch(() => '')).split(
          /\s/u,
        );
  return (['pids', 'memory'] as const).filter((name) => named.includes(name));
}

function settingsOf(
  version: 1 | 2,
  holds: readonly Controller[],
  { processes, memoryBytes }: ControlGroupOrder['limits'],
): readonly Setting[] {
  const memory: readonly Setting[] =
    version === 1
      ? [
          { file: 'memory.limit_in_bytes', value: memoryBytes },
          { file: 'memory.memsw.limit_in_bytes', value: memoryBytes, optional: true },
        ]
      : [
          { file: 'memory.max', value: memoryBytes },
          { file: 'memory.swap.max', value: 0, optional: true },
        ];
  return [
    ...(holds.includes('pids') ? [{ file: 'pids.max', value: processes }] : []),
    ...(holds.includes('memory') ? memory : []),
  ];
}

/** Tries it with a process: permission to make a group is not yet permission to move into it. */
async function works(place: Place, pid: number): Promise<boolean> {
  await sweep(place.folder);
  try {
    const group = make([place], nameFor(pid));
    const [door = ''] = group.doors;
    try {
      await promisify(execFile)('/bin/sh', ['-c', 'echo $$ > "$0"', door], { timeout: 5000 });
      return true;
    } finally {
      group.remove();
    }
  } catch {
    return false; // Read-only, not ours, or not to be entered: no group of ours then.
  }
}

function make(places: readonly Place[], name: string): ControlGroup {
  const made: string[] = [];
  const remove = (): void => made.forEach((folder) => removeLater(folder, 0));
  try {
    for (const { folder, settings } of places) {
      const group = join(folder, name);
      mkdirSync(group);
      made.push(group);
      for (const setting of settings) apply(group, setting);
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { doors: made.map((group) => join(group, 'cgroup.procs')), remove };
}

function apply(group: string, { file, value, optional }: Setting): void {
  try {
    writeFileSync(join(group, file), String(value));
  } catch (error) {
    // Swap is accounted for by some kernels only; the memory itself is limited all the same.
    if (optional !== true) throw error;
  }
}

function removeLater(folder: string, tries: number): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const wait = RETRIES_MS[tries];
    if (hasCode(error, 'ENOENT') || wait === undefined) return;
    setTimeout(() => removeLater(folder, tries + 1), wait).unref();
  }
}

/** Removes what harnesses left that were killed; a group in which something still runs stays. */
async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`, 'u').exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      removeLater(join(folder, name), RETRIES_MS.length);
  }
}
