import { HarnessError } from '../domain/errors.ts';
import type { RunControl } from '../domain/run.ts';
import type { App } from '../app.ts';
import { endWithin, EXIT_OF, onInterrupts } from './interrupts.ts';
import type { Output } from './output.ts';
import { StopAsking } from './stop-asking.ts';

/** A run that is carried out here, and how its person is spoken to. */
export interface Heeding {
  readonly app: Pick<App, 'store'>;
  readonly runId: string;
  readonly output: Pick<Output, 'warn'>;
}

/** What interrupts came to. */
export interface Heeded {
  /** Rejects with `LEFT_BEHIND` (exit 130, 143) when the run is not waited for any longer. */
  readonly left: Promise<never>;
  /** Exit status by the last interrupt; null: there was none. */
  exit(): number | null;
  stop(): void;
}

/** An interrupt is recorded in the database; one that does not answer for so long is waited for no longer. */
const AWAY_MS = 7_000;

/** Time to end sessions and to close what answers, once the run is left. */
const CLOSING_MS = 2_500;

const WISHES: readonly RunControl[] = ['stop', 'stop_now'];

/**
 * The first interrupt stops the run at its next step, the second at once, and the third leaves it as a crash
 * would; so does any while the database is away. Whatever is waited for, the process ends soon after that.
 */
export function heedInterrupts({ app, runId, output }: Heeding): Heeded {
  const left = Promise.withResolvers<never>();
  // Who does not wait for it any more has heard of the run's end.
  left.promise.catch(() => undefined);
  let status: number | null = null;
  let asking: StopAsking | undefined;
  const leave = (why: string): void => {
    const cut = `${why}. Sessions end, what they made is kept, and \`harness resume\` goes on where it stopped`;
    const exit = status ?? 1;
    left.reject(new HarnessError('LEFT_BEHIND', cut, { exit }));
    endWithin(CLOSING_MS, { exit, cut });
  };
  const silence = onInterrupts((signal, count) => {
    status = EXIT_OF[signal];
    const wish = WISHES[count - 1];
    if (wish === undefined) return leave('The run was left before it had stopped');
    output.warn(
      wish === 'stop'
        ? 'stopping at the next step; once more stops at once'
        : 'stopping now; once more leaves it',
    );
    asking ??= new StopAsking({ app, runId, leave, warn: output.warn, patienceMs: AWAY_MS });
    asking.wish(wish);
  });
  return {
    left: left.promise,
    exit: () => status,
    stop: () => {
      silence();
      asking?.stop();
    },
  };
}
