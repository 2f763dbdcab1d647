import type { ChildProcess } from 'node:child_process';
import type { Holding } from './box-limits.ts';

/**
 * Where agents, checks and project commands run. Drivers: `bwrap` (sealed) and `none` (a person's
 * explicit choice, or a rehearsal's scripted commands where bubblewrap is missing).
 */
export interface Box {
  readonly driver: 'bwrap' | 'none';
  /** Starts a process; killing it (SIGKILL) ends everything it started. */
  spawn(order: BoxOrder): ChildProcess;
  /** Runs to its end, with a wall clock and a bound on what is kept of its output. */
  run(order: BoxOrder & { readonly timeoutMs: number }): Promise<BoxResult>;
}

/** A process, and all that it gets. */
export interface BoxOrder {
  /** Program and arguments; never a shell string. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Absolute paths, same inside and outside. */
  readonly writable: readonly string[];
  readonly readable: readonly string[];
  /** The whole environment beyond PATH, HOME and LANG; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Unix socket that answers on 127.0.0.1:8377 inside; null: no wire at all. */
  readonly socket: string | null;
  readonly stdin: 'pipe' | 'ignore';
  readonly signal?: AbortSignal;
}

/** How a process in a box ended; `exit` is null when it was killed or never ran. */
export interface BoxResult {
  readonly exit: number | null;
  /** Last 64 KB of stdout and stderr, interleaved as they came. */
  readonly output: string;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

/** Whether sealed work is possible here, and if not, which part is missing and what mends it. */
export type BoxVerdict =
  | { readonly usable: true; readonly version: string; readonly holding: Holding }
  | {
      readonly usable: false;
      readonly part: string;
      readonly reason: string;
      readonly remedy: string;
    };

/** Port of the wire inside every box. */
export const WIRE_PORT = 8377;

/** How programs in a sealed box name the wire. */
export const WIRE_URL = `http://127.0.0.1:${WIRE_PORT}`;
