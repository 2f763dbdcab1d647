import { hasCode, HarnessError, messageOf } from '../domain/errors.ts';
import { ENDED, type RunControl } from '../domain/run.ts';
import { databaseIsAway, requestControl, type App } from '../app.ts';
import { endWithin, EXIT_OF, onInterrupts } from './interrupts.ts';
import type { Output } from './output.ts';

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

const LOOK_MS = 500;

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
  let asking: Asking | undefined;
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
    asking ??= new Asking({ app, runId, output }, () =>
      leave('The run was left, for its database does not answer'),
    );
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

/** Asks for the run's end until that is recorded, and watches from then on that there is someone to ask. */
class Asking {
  readonly #order: Heeding;
  readonly #timer: NodeJS.Timeout;
  #wished: RunControl | undefined;
  #recorded: RunControl | undefined;
  #told = false;
  #answeredAt = performance.now();
  #looking = false;

  constructor(order: Heeding, away: () => void) {
    this.#order = order;
    this.#timer = setInterval(() => {
      if (performance.now() - this.#answeredAt > AWAY_MS) {
        this.stop();
        away();
      } else void this.#look();
    }, LOOK_MS);
  }

  wish(control: RunControl): void {
    this.#wished = control;
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#ask();
      this.#answeredAt = performance.now();
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#looking = false;
    }
  }

  async #ask(): Promise<void> {
    const { store } = this.#order.app;
    const run = await store.runs.get(this.#order.runId);
    const wished = this.#wished;
    if (run === undefined || ENDED.includes(run.status) || wished === this.#recorded) return;
    if (wished === undefined) return;
    try {
      await requestControl({ store }, run, wished);
    } catch (error) {
      // It ended by itself meanwhile.
      if (!hasCode(error, 'RUN_NOT_LIVE')) throw error;
    }
    this.#recorded = wished;
  }

  #tell(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const { warn } = this.#order.output;
    warn(
      databaseIsAway(error)
        ? 'the database does not answer, so the stop is not recorded yet'
        : `the stop was not recorded yet: ${messageOf(error)}`,
    );
  }
}
