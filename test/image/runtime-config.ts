import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT, type Service } from '../containers/compose-file.ts';

/** What the image says of itself. */
export const ImageConfig = z.object({
  User: z.string(),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()),
  Cmd: z.array(z.string()),
  WorkingDir: z.string(),
  Volumes: z.record(z.string(), z.unknown()),
  Healthcheck: z.object({ Test: z.array(z.string()) }),
});

export type ImageConfig = z.output<typeof ImageConfig>;

export interface ContainerOrder {
  /** Unpacked file system of the image. */
  readonly root: string;
  readonly image: ImageConfig;
  /** Options of the Compose file; an engine's usual confinement where there are none. */
  readonly security: Pick<Service, 'cap_drop' | 'security_opt'>;
  /** All words of the first process. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders of this machine by the paths at which the container sees them. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** What engines cover in /proc and /sys, so that nothing of the machine shows. */
const MASKED = ['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Capabilities that engines leave to a container. */
const USUAL_CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_KILL',
  'CAP_SETUID',
  'CAP_SETGID',
];

/** The container as an engine would describe it to its runtime, in the format of the Open Container Initiative. */
export async function runtimeConfig(order: ContainerOrder): Promise<object> {
  const { image, security } = order;
  const [uid = 0, gid = 0] = image.User.split(':').map(Number);
  const options = security.security_opt;
  const bounding = security.cap_drop.includes('ALL') ? [] : USUAL_CAPABILITIES;
  const open = options.includes('systempaths=unconfined');
  return {
    ociVersion: '1.0.0',
    root: { path: order.root },
    hostname: 'harness',
    process: {
      user: { uid, gid },
      cwd: image.WorkingDir,
      args: order.args,
      env: [...image.Env, 'HOME=/home/harness', ...Object.entries(order.env).map(assignment)],
      noNewPrivileges: options.includes('no-new-privileges:true'),
      // A user other than root has those of the bounding set within reach, and none in effect.
      capabilities: { bounding, effective: [], permitted: [], inheritable: [], ambient: [] },
    },
    mounts: [...MOUNTS, ...Object.entries(order.volumes).map(bind)],
    linux: {
      // The network is this machine's, so that the database on its loopback answers.
      namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      maskedPaths: open ? [] : MASKED,
      readonlyPaths: open ? [] : READ_ONLY,
      ...(await seccomp(options)),
    },
  };
}

async function seccomp(options: readonly string[]): Promise<object> {
  const path = options.find((option) => option.startsWith('seccomp='))?.slice('seccomp='.length);
  if (path === undefined) return {};
  const profile = z
    .object({ defaultAction: z.string(), architectures: z.array(z.string()) })
    .extend({ syscalls: z.array(z.looseObject({ names: z.array(z.string()) })) })
    .parse(JSON.parse(await readFile(join(ROOT, path), 'utf8')));
  return { seccomp: profile };
}

const assignment = ([name, value]: readonly [string, string]): string => `${name}=${value}`;

const bind = ([destination, source]: readonly [string, string]): object => ({
  destination,
  source,
  type: 'bind',
  options: ['rbind', 'rw'],
});

const MOUNTS: readonly object[] = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  tmpfs('/dev', ['nosuid', 'mode=755', 'size=65536k']),
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
  tmpfs('/dev/shm', ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=1g']),
  {
    destination: '/sys',
    type: 'sysfs',
    source: 'sysfs',
    options: ['nosuid', 'noexec', 'nodev', 'ro'],
  },
];

function tmpfs(destination: string, options: readonly string[]): object {
  return { destination, type: 'tmpfs', source: 'tmpfs', options };
}
