/** Wakes a loop that looks again: when it rings, and at least so often. */
export interface Alarm {
  ring(): void;
  wait(): Promise<void>;
  stop(): void;
}

/** Stop it, or it holds the process. */
export function createAlarm(everyMs: number): Alarm {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  const timer = setInterval(ring, everyMs);
  return {
    ring,
    async wait() {
      if (!rung)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      rung = false;
    },
    stop: () => clearInterval(timer),
  };
}
