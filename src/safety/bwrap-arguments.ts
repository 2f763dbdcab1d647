import { lstat, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BoxLimits } from '../domain/box-limits.ts';
import { resourceLimits, type Holding } from './box-limits.ts';
import { assertMountable, assertSocket } from './box-paths.ts';
import { WAIT_FOR_WORD } from './start-when-told.ts';
import { WIRE_PORT, type BoxOrder } from './box.ts';

/** What every box of one harness shares. */
export interface BoxLayout {
  /** Folder with `etc/` and `bin/`, see box-skeleton.ts. */
  readonly skeleton: string;
  /** Path of the filter of system calls; null: none is written for this processor. */
  readonly filter: string | null;
  /** Arguments that make up the system's own folders. */
  readonly system: readonly string[];
  /** Arguments that cover what the kernel tells of the machine, see `kernelCovers`. */
  readonly covers: readonly string[];
  /** Toolchains and the operator's `sandbox.read`. */
  readonly readable: readonly string[];
  readonly limits: BoxLimits;
  readonly holding: Holding;
}

/** HOME in a sealed box: empty, and gone with it. */
export const AGENT_HOME = '/home/agent';

const ETC_FILES = ['passwd', 'group', 'hosts', 'nsswitch.conf'] as const;

const ETC_SHARED = [
  '/etc/ssl',
  '/etc/alternatives',
  '/etc/ca-certificates',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/ld.so.cache',
  '/etc/fonts',
  '/etc/localtime',
];

const SEALS = words(
  '--unshare-user --uid 1000 --gid 1000 --disable-userns --cap-drop ALL --die-with-parent',
  '--new-session --unshare-net --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup',
  '--hostname sandbox',
);

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** The system's program folders as they are here: merged into /usr by links, or real. */
export async function systemArguments(): Promise<readonly string[]> {
  const mounts = ['--ro-bind', '/usr', '/usr'];
  for (const folder of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) {
    const kind = await lstat(folder).catch(() => undefined);
    if (kind?.isSymbolicLink()) mounts.push('--symlink', await readlink(folder), folder);
    if (kind?.isDirectory()) mounts.push('--ro-bind', folder, folder);
  }
  for (const path of ETC_SHARED) mounts.push('--ro-bind-try', path, path);
  // A harness that runs as root could read the machine's TLS keys; nothing in a box may.
  const keys = await lstat('/etc/ssl/private').catch(() => undefined);
  if (keys?.isDirectory())
    mounts.push(...tmpfs('/etc/ssl/private', 4096), '--remount-ro', '/etc/ssl/private');
  return mounts;
}

/**
 * What the kernel tells of the whole machine: pages, timers, addresses, keys. To a harness that runs
 * as root it is readable in a box, whose user is root outside; as containers do, it is covered.
 */
const KERNEL_TELLS = words(
  'keys timer_list slabinfo vmallocinfo pagetypeinfo kpagecount kpageflags kpagecgroup',
  'sched_debug latency_stats',
);

/** Covers for those of them that this kernel has. */
export async function kernelCovers(): Promise<readonly string[]> {
  const covers: string[] = [];
  for (const name of KERNEL_TELLS) {
    const path = `/proc/${name}`;
    const kind = await lstat(path).catch(() => undefined);
    if (kind !== undefined) covers.push('--ro-bind', '/dev/null', path);
  }
  return covers;
}

/**
 * The arguments of bubblewrap for one order. Later mounts cover earlier ones, so folders come
 * before what lies in them; named both ways, a path is read-only. At the end the root and /dev
 * become read-only: only the tmpfs and the order's own folders can be written.
 * @throws HarnessError BOX_PATH, BOX_SOCKET
 */
export function bwrapArguments(layout: BoxLayout, order: BoxOrder): readonly string[] {
  const { limits } = layout;
  return [
    ...SEALS,
    ...layout.system,
    ...ETC_FILES.flatMap((name) => ['--ro-bind', `${layout.skeleton}/etc/${name}`, `/etc/${name}`]),
    // A root caller could otherwise write core_pattern.
    ...words('--proc /proc --ro-bind /proc/sys /proc/sys --dev /dev'),
    ...layout.covers,
    ...tmpfs('/dev/shm', limits.sharedMemoryBytes),
    ...tmpfs('/tmp', limits.tmpBytes),
    ...tmpfs(AGENT_HOME, limits.homeBytes),
    ...mountsOf(layout, order),
    ...words('--remount-ro /dev --remount-ro /'),
    '--chdir',
    order.cwd,
  ];
}

function tmpfs(path: string, bytes: number): string[] {
  return ['--size', String(bytes), '--tmpfs', path];
}

function mountsOf(layout: BoxLayout, order: BoxOrder): string[] {
  if (order.socket !== null) assertSocket(order.socket);
  const wire = order.socket === null ? [] : [dirname(order.socket)];
  const readable = [`${layout.skeleton}/bin`, ...layout.readable, ...order.readable, ...wire];
  const mounts = new Map<string, string>();
  for (const path of order.writable) mounts.set(path, '--bind');
  for (const path of readable) mounts.set(path, '--ro-bind');
  for (const path of mounts.keys()) assertMountable(path);
  return [...mounts]
    .toSorted(([a], [b]) => a.split('/').length - b.split('/').length)
    .flatMap(([path, how]) => [how, path, path]);
}

/**
 * Until the wire listens, for five seconds at most: a quick first command would find nobody there on a busy
 * machine. The table of the box's own sockets tells, in hexadecimal; 0A is a listening one.
 */
const WAIT_FOR_WIRE = [
  `wired() { while read -r _ here _ state _; do case "$here $state" in *":${WIRE_PORT.toString(16).toUpperCase()} 0A") return 0;; esac; done </proc/net/tcp; return 1; }`,
  'tries=0',
  'until wired || [ "$tries" -eq 500 ]; do tries=$((tries + 1)); sleep 0.01; done',
].join('; ');

/**
 * The first program of every box: waits for the word where asked to, sets limits, starts the wire and becomes the command, whose
 * standard streams it leaves alone. The wire is started twice removed, so that the command never
 * sees a child it did not start.
 */
export function innerCommand(
  { limits, holding }: Pick<BoxLayout, 'limits' | 'holding'>,
  order: BoxOrder,
  start: 'at_once' | 'when_told',
): readonly string[] {
  const wire = `(socat TCP-LISTEN:${WIRE_PORT},fork,bind=127.0.0.1,reuseaddr,nodelay,backlog=128 UNIX-CONNECT:"$0" </dev/null >/dev/null 2>&1 &)`;
  const script = [
    ...(start === 'when_told' ? [WAIT_FOR_WORD] : []),
    resourceLimits(limits, holding),
    ...(order.socket === null ? [] : [wire, WAIT_FOR_WIRE]),
    'exec "$@"',
  ].join('; ');
  return ['/bin/sh', '-c', script, order.socket ?? 'box', ...order.command];
}
