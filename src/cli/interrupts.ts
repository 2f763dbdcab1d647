const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A signal by which people and supervisors end a process. */
export type Interrupt = (typeof SIGNALS)[number];

/** Exit status of a process that a signal ended: 128 and its number. */
export const EXIT_OF = Object.freeze({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 });

/** Nobody presses a key twice on purpose within this time. */
const ECHO_MS = 400;

/**
 * Calls back at each interrupt, with how many there were by then, until it is called itself. One Ctrl-C may
 * arrive twice, from the terminal and from a parent that passes it on: that is one.
 */
export function onInterrupts(hear: (signal: Interrupt, count: number) => void): () => void {
  let count = 0;
  let last = -ECHO_MS;
  const heard = (signal: Interrupt): void => {
    const now = performance.now();
    if (now - last < ECHO_MS) return;
    last = now;
    count += 1;
    hear(signal, count);
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return () => {
    for (const signal of SIGNALS) process.off(signal, heard);
  };
}

/** Time that a worker takes to leave in order at most; the rest is left as a crash leaves it, and nothing of it is lost (I6). */
const LEAVING_MS = 10_000;

/** What a process that is told to leave does. */
export interface Leaving {
  /** What the person is told when it is ended before all was closed. */
  readonly cut: string;
  readonly withinMs?: number;
}

/** Resolves at the first interrupt. What follows has its time, and no more: it may wait for what is gone; a further interrupt ends it at once. */
export function interrupted({ cut, withinMs = LEAVING_MS }: Leaving): Promise<void> {
  return new Promise((resolve) => {
    onInterrupts((signal, count) => {
      process.exitCode = EXIT_OF[signal];
      if (count > 1) process.exit();
      endWithin(withinMs, { exit: EXIT_OF[signal], cut });
      resolve();
    });
  });
}

/** Ends this process in so many milliseconds, if it lives then. */
export function endWithin(
  ms: number,
  { exit, cut }: { readonly exit: number; readonly cut: string },
): void {
  setTimeout(() => {
    process.stderr.write(`harness: ${cut}\n`);
    process.exit(exit);
  }, ms).unref();
}
