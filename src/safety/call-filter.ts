import { CALLS, type Calls } from './system-calls.ts';

/*
 * Assembles the filter of system calls that every box gets: a program of the kernel's classic packet
 * filter, which jumps forward only. See docs/decisions/0063-filter-of-system-calls.md.
 */

/** Instructions, of `linux/bpf_common.h`. */
const LOAD = 0x20;
const AND = 0x54;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;

/** Places in `struct seccomp_data`; of arguments the lower half, which is all that these calls read. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (at: number): number => 16 + 8 * at;

const ALLOW = 0x7fff_0000;
const refusedAs = (errno: number): number => 0x0005_0000 | errno;

type Target =
  | 'next'
  | 'dividing'
  | 'socket'
  | 'internet'
  | 'kind'
  | 'allow'
  | 'absent'
  | 'forbidden'
  | 'family'
  | 'protocol';

interface Instruction {
  readonly code: number;
  readonly value: number;
  /** Where jumps lead; absent: this is none. */
  readonly jumps?: readonly [then: Target, otherwise: Target];
  /** What jumps to here call this place. */
  readonly label?: Target;
}

const ENDS: readonly Instruction[] = [
  { label: 'allow', code: RETURN, value: ALLOW },
  // ENOSYS: programs go on as on a kernel without the call.
  { label: 'absent', code: RETURN, value: refusedAs(38) },
  // EPERM
  { label: 'forbidden', code: RETURN, value: refusedAs(1) },
  // EAFNOSUPPORT
  { label: 'family', code: RETURN, value: refusedAs(97) },
  // EPROTONOSUPPORT
  { label: 'protocol', code: RETURN, value: refusedAs(93) },
];

const UNIX = 1;
const INTERNET = [2, 10];
const NETLINK = 16;
/** Of netlink: what tells a program its own addresses. */
const ROUTE = 0;
/** Any, ICMP, TCP, UDP, ICMPv6. Others are loaded on demand, and looked at by few. */
const PROTOCOLS = [0, 1, 6, 17, 58];
/** Stream, datagram, raw; the rest of the argument are flags. */
const KINDS = [1, 2, 3];
const KIND_BITS = 0xf;

/** Flags of `clone` and `unshare`: time, mount, cgroup, uts, ipc, user, pid, network. */
const NEW_NAMESPACES = 0x7e02_0080;

const load = (from: number, label: Target = 'next'): Instruction => ({
  code: LOAD,
  value: from,
  label,
});

const ifEqual = (value: number, then: Target, otherwise: Target = 'next'): Instruction => ({
  code: IF_EQUAL,
  value,
  jumps: [then, otherwise],
});

const ifOneOf = (values: readonly number[], then: Target, otherwise: Target): Instruction[] =>
  values.map((value, at) => ifEqual(value, then, at < values.length - 1 ? 'next' : otherwise));

function program(calls: Calls): readonly Instruction[] {
  const { foreign } = calls;
  return [
    load(ARCHITECTURE),
    ifEqual(calls.architecture, 'next', 'absent'),
    load(NUMBER),
    ...(foreign === null ? [] : [jump(IF_AT_LEAST, foreign, ['absent', 'next'])]),
    ...ifOneOf(calls.refused, 'absent', 'next'),
    ...ifOneOf(calls.dividing, 'dividing', 'next'),
    ifEqual(calls.socket, 'socket', 'allow'),
    load(argument(0), 'dividing'),
    jump(IF_ANY_BIT, NEW_NAMESPACES, ['forbidden', 'allow']),
    load(argument(0), 'socket'),
    ifEqual(UNIX, 'allow'),
    ...ifOneOf(INTERNET, 'internet', 'next'),
    ifEqual(NETLINK, 'next', 'family'),
    load(argument(2)),
    ifEqual(ROUTE, 'allow', 'protocol'),
    load(argument(2), 'internet'),
    ...ifOneOf(PROTOCOLS, 'kind', 'protocol'),
    load(argument(1), 'kind'),
    { code: AND, value: KIND_BITS },
    ...ifOneOf(KINDS, 'allow', 'protocol'),
    ...ENDS,
  ];
}

function jump(code: number, value: number, jumps: readonly [Target, Target]): Instruction {
  return { code, value, jumps };
}

/** Bytes of one `struct sock_filter`. */
const SIZE = 8;

/** The filter for a kind of processor, as the kernel takes it; null: none is written for it. */
export function callFilter(architecture: NodeJS.Architecture): Buffer | null {
  const calls = CALLS[architecture];
  if (calls === undefined) return null;
  const instructions = program(calls);
  const places = new Map(instructions.map(({ label }, at) => [label, at]));
  const bytes = Buffer.alloc(instructions.length * SIZE);
  const distance = (from: number, to: Target): number =>
    to === 'next' ? 0 : (places.get(to) ?? 0) - from - 1;
  for (const [at, { code, value, jumps }] of instructions.entries()) {
    bytes.writeUInt16LE(code, at * SIZE);
    // Throws for a jump that leads backwards, or further than a byte can tell.
    for (const [place, to] of (jumps ?? []).entries())
      bytes.writeUInt8(distance(at, to), at * SIZE + 2 + place);
    bytes.writeUInt32LE(value, at * SIZE + 4);
  }
  return bytes;
}
