import type { StdioOptions } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';

/** A standard stream of a child: piped, closed, or a file descriptor. */
export type Stream = 'pipe' | 'ignore' | number;

const O_CLOEXEC = 0o2_000_000;

/**
 * Covers for open files that this process inherited and would hand on to every child: an open
 * folder of the host among them would be a way out of the box. Index: descriptor; empty for most.
 */
export function coverInherited(): readonly Stream[] {
  const inherited = descriptors().filter((fd) => fd > 2 && handedOn(fd));
  if (inherited.length === 0) return [];
  const nothing = openSync('/dev/null', 'r');
  const covers = Array.from<Stream>({ length: Math.max(...inherited) + 1 }).fill('ignore');
  for (const fd of inherited) covers[fd] = nothing;
  return covers;
}

/** The standard streams, `extra` from descriptor 3 on, and covers for what is beyond. */
export function streamsOf(
  stdin: 'pipe' | 'ignore',
  extra: readonly Stream[],
  covers: readonly Stream[],
): StdioOptions {
  const named: readonly Stream[] = [stdin, 'pipe', 'pipe', ...extra];
  return [...named, ...covers.slice(named.length)];
}

function descriptors(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return []; // No /proc: no sealed box either.
  }
}

function handedOn(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/mu.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false; // Closed since it was listed.
  }
}
