import { HarnessError } from '../domain/errors.ts';
import { CREDENTIAL_REFUSED } from '../domain/exit.ts';
import type { Run } from '../domain/run.ts';
import { endOfLimit } from '../work/tracker.ts';
import type { Engine } from './deps.ts';

/** What passes by itself: a limit that is full again, a network that comes back, others who let go. */
const PASSING: ReadonlySet<string> = new Set([
  'TRACKER_BUSY',
  'TRACKER_LIMITED',
  'TRACKER_UNREACHABLE',
]);

const KEY: ReadonlySet<string> = new Set(['TRACKER_DENIED', 'TRACKER_KEY_MISSING']);

/** Whether something failed for the tracker's sake. What it has to hear stays queued. */
export function isTrackerTrouble(error: unknown): error is HarnessError {
  return error instanceof HarnessError && error.code.startsWith('TRACKER_');
}

/**
 * Runs the body; a tracker that can't be reached is waited for as long as the run may wait for limits,
 * and one that only a person can mend parks the run.
 */
export async function outlastTracker(
  engine: Engine,
  run: Run,
  body: () => Promise<void>,
): Promise<void> {
  try {
    await body();
    engine.trackers.delete(run.id);
  } catch (error) {
    if (!isTrackerTrouble(error)) throw error;
    const { code, message } = error;
    if (PASSING.has(code) && !isTooLong(engine, run, error)) return;
    const reason = KEY.has(code) ? `${CREDENTIAL_REFUSED}: ${message}` : message;
    await engine.deps.store.runs.hold(run, 'park', reason);
  }
}

/** Says it once for each trouble, not with every round. */
function isTooLong({ deps, trackers }: Engine, run: Run, error: HarnessError): boolean {
  const { clock, log } = deps;
  const before = trackers.get(run.id);
  if (before?.message !== error.message) log(`tracker: ${error.message}`);
  const since = before?.since ?? clock.monotonic();
  trackers.set(run.id, { since, message: error.message });
  const end = endOfLimit(error);
  const wait = end === null ? 0 : Date.parse(end) - clock.now();
  return Math.max(wait, clock.monotonic() - since) > run.settings.maxLimitWaitMs;
}

/** Nothing waits half a minute for a tracker that says nothing: it hears of all later. */
export async function hurryTracker(
  { trackerOf }: Pick<Engine['deps'], 'trackerOf'>,
  run: Run,
): Promise<void> {
  (await trackerOf(run)).hurry?.();
}
