import type { Recollection } from './recollection.ts';

export interface SessionLimits {
  /** Milliseconds for the whole session; running tools are bounded by this alone. */
  readonly wallMs: number;
  /** Milliseconds of silence after which it is stalled. */
  readonly stallMs: number;
}

/** Why the watch ended a session. */
export interface Overrun {
  readonly status: 'stalled' | 'timed_out';
  readonly reason: string;
}

export interface StallWatch extends Disposable {
  /** Fires when a limit is passed. */
  readonly signal: AbortSignal;
  /** Null until then. */
  overrun(): Overrun | null;
}

export interface Watched {
  /** Milliseconds that never run backwards. */
  readonly clock: { monotonic(): number };
  readonly limits: SessionLimits;
  readonly recollection: Recollection;
  /** When the gateway last moved a byte for it, on the same clock. */
  readonly lastByteAt: () => number;
}

/**
 * Least patience until the first sign of life: starting a program of 200 MB beside others took 15 s
 * on a busy machine, and is no silence.
 */
const START_MS = 60_000;

/** Longest delay a timer takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Watches over one session. Silence is neither an event nor a byte on its wire while no tool is at
 * work: long builds say nothing, and an agent that waits for a model that never answers says
 * nothing either. Each look asks for the time that is left, so no event has to reset a timer.
 */
export function startStallWatch(watched: Watched): StallWatch {
  const began = watched.clock.monotonic();
  const controller = new AbortController();
  let overrun: Overrun | null = null;
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const left = leftOf(watched, began);
    if ('ms' in left) {
      timer = setTimeout(look, Math.min(Math.max(left.ms, 1), MAX_DELAY_MS));
      return;
    }
    overrun = left;
    controller.abort();
  };
  look();
  return {
    signal: controller.signal,
    overrun: () => overrun,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function leftOf(watched: Watched, began: number): { readonly ms: number } | Overrun {
  const { clock, limits, recollection } = watched;
  const now = clock.monotonic();
  const wall = limits.wallMs - (now - began);
  if (wall <= 0) return overrunOf('timed_out', `It ran for ${spell(limits.wallMs)}`, recollection);
  if (recollection.busy()) return { ms: Math.min(wall, limits.stallMs) };
  const silence = now - Math.max(recollection.lastAt(), watched.lastByteAt());
  const patience = recollection.begun() ? limits.stallMs : Math.max(limits.stallMs, START_MS);
  const stall = patience - silence;
  if (stall <= 0)
    return overrunOf('stalled', `No sign of life for ${spell(patience)}`, recollection);
  return { ms: Math.min(wall, stall, limits.stallMs) };
}

function overrunOf(status: Overrun['status'], what: string, seen: Recollection): Overrun {
  const tail = seen.tail();
  return {
    status,
    reason: tail === '' ? `${what}; it never did anything` : `${what}; last: ${tail}`,
  };
}

function spell(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
