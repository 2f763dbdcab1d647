import { DBOS } from '@dbos-inc/dbos-sdk';
import { setTimeout as sleep } from 'node:timers/promises';
import { engine, type EngineDeps } from './deps.ts';
import { forEver, step } from './step.ts';

/** Looks at the clocks so often: a timer stands still while a machine sleeps, and the other clock tells. */
const LOOK_MS = 30_000;

/**
 * A wait of a workflow, counted on after a restart. The library's own goes by the clock of the day alone,
 * and lasts an hour longer when that is set back by one.
 */
export async function outwait(name: string, delayMs: number): Promise<void> {
  // Workflows that were begun by an older program have its wait recorded.
  if (!(await DBOS.patch('outwait'))) return DBOS.sleep(delayMs);
  const { lease, deps } = engine();
  const { clock } = deps;
  const until = await step(name, async () => clock.now() + delayMs);
  await elapsed(clock, Math.min(delayMs, until - clock.now()));
  // Who lost its membership meanwhile leaves what follows to whoever took the workflow over.
  if (lease.aborted) await forEver();
}

/**
 * Resolves once so many milliseconds are over by either clock: set back or forth, neither holds it for
 * longer than that.
 */
export async function elapsed(
  clock: EngineDeps['clock'],
  ms: number,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  const [day, steady] = [clock.now(), clock.monotonic()];
  for (;;) {
    const left = ms - Math.max(clock.now() - day, clock.monotonic() - steady);
    if (left <= 0) return;
    await pause(Math.min(left, LOOK_MS));
  }
}
