/**
 * What the self-test tries from inside a box, each with what holds when it fails. The attack answers
 * with all of them, or the box counts as open.
 */
export const WALLS = {
  write_outside: 'files outside the workspace stay as they are',
  read_outside: 'files outside the workspace are not there',
  home: "the files of the user's home are not there",
  environment: 'no variable but those of the box',
  processes: 'no process of the host is seen',
  user: 'an ordinary user without capabilities or new privileges',
  namespaces: 'no further user namespace',
  calls: 'system calls are filtered',
  kernel_settings: 'no setting of the kernel can be opened for writing',
  loopback: 'no service of the host is reached',
  names: 'no host name is resolved',
  abstract_socket: 'no abstract socket of the host is reached',
  unix_socket: 'no unix socket of the host is reached',
  limits: 'file size, open files and core dumps are bounded',
} as const;

type Wall = keyof typeof WALLS;

/** Every wall that is tried. */
export const WALL_NAMES: readonly Wall[] = Object.keys(WALLS).filter((name) => isWall(name));

function isWall(name: string): name is Wall {
  return name in WALLS;
}

/** What the attack is told of the host, so that it knows where to strike. */
export interface Aim {
  /** A file of the host beside the workspace, and what it holds. */
  readonly canary: { readonly path: string; readonly text: string };
  /** Files of the user's home. */
  readonly homeFiles: readonly string[];
  /** What to write and where; whether it arrived is looked up outside. */
  readonly plants: readonly string[];
  /** Of a service that listens on the host's loopback. */
  readonly port: number;
  readonly abstractSocket: string;
  readonly unixSocket: string;
  /** Names of variables that a box may have. */
  readonly variables: readonly string[];
  /** Filters of system calls that the harness itself is under; null: none is written for boxes here. */
  readonly filters: number | null;
  /** Files of the kernel that root could write. */
  readonly kernelFiles: readonly string[];
}

/** `null`: the wall held; else what was got through it. */
export type Breaches = Readonly<Record<Wall, string | null>>;

/** File of the workspace in which the attack leaves what it found. */
export const REPORT = 'breaches.json';
