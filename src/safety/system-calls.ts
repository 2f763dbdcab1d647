/** Number of a call on x64 and on arm64; null: there is none. */
type Numbers = readonly [x64: number, arm64: number | null];

/**
 * Calls that no box gets: nothing that builds software needs them, and much of what broke out of
 * sandboxes went through them. Numbers from the kernel's `syscall_64.tbl` and `asm-generic/unistd.h`.
 */
const REFUSED = {
  // Asks the kernel past every filter.
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  // Keys are not divided by namespaces.
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  // Programs, probes and page faults inside the kernel.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  fanotify_init: [300, 262],
  lookup_dcookie: [212, 18],
  // File systems, by the old calls and the new ones.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  move_mount: [429, 429],
  open_tree: [428, 428],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  // Files by number instead of name: past every mount.
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  // Others' namespaces. One that makes its own shows it by flags, but not here: these lie in memory,
  // where no filter sees them, and programs fall back to `clone`.
  setns: [308, 268],
  clone3: [435, 435],
  // The machine itself.
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  syslog: [103, 116],
  vhangup: [153, 58],
  // Old doors of x86.
  iopl: [172, null],
  ioperm: [173, null],
  modify_ldt: [154, null],
  uselib: [134, null],
  ustat: [136, null],
  sysfs: [139, null],
} as const satisfies Readonly<Record<string, Numbers>>;

/** How filters know a processor, and what it calls what they look at. */
export interface Calls {
  /** `AUDIT_ARCH_*` of the kernel. */
  readonly architecture: number;
  /** Where the numbers of a second convention of calls begin, which would pass by; null: none. */
  readonly foreign: number | null;
  readonly refused: readonly number[];
  readonly socket: number;
  /** Calls that make namespaces, by flags in their first argument. */
  readonly dividing: readonly number[];
}

const numbers = (at: 0 | 1): readonly number[] =>
  Object.values(REFUSED)
    .map((both: Numbers) => both[at])
    .filter((one) => one !== null);

/** By Node's name of the processor. */
export const CALLS: Readonly<Partial<Record<NodeJS.Architecture, Calls>>> = Object.freeze({
  x64: {
    architecture: 0xc000_003e,
    foreign: 0x4000_0000,
    refused: numbers(0),
    socket: 41,
    dividing: [56, 272],
  },
  arm64: {
    architecture: 0xc000_00b7,
    foreign: null,
    refused: numbers(1),
    socket: 198,
    dividing: [220, 97],
  },
});

/** For tests, which compare them with the kernel's own. */
export const REFUSED_BY_NAME: Readonly<Record<string, Numbers>> = REFUSED;
