import { databaseIsAway, requestControl, type App } from '../app.ts';
import { hasCode, messageOf } from '../domain/errors.ts';
import { ENDED, type Run, type RunControl } from '../domain/run.ts';

/** Whose end is asked for, and who hears how that goes. */
export interface AskingOrder {
  readonly app: Pick<App, 'store'>;
  readonly runId: string;
  readonly warn: (line: string) => void;
  /** Told once, in a sentence without its full stop, that it is in vain: nothing is asked after that. */
  readonly leave: (why: string) => void;
  /** What does not answer, or refuses, for so long is asked no longer. */
  readonly patienceMs: number;
}

const LOOK_MS = 500;

type Deed = 'look' | 'record';

/** Asks for a run's end until that is recorded, and watches from then on that there is someone to ask. */
export class StopAsking {
  readonly #order: AskingOrder;
  readonly #timer: NodeJS.Timeout;
  #wished: RunControl | undefined;
  #recorded: RunControl | undefined;
  #told = false;
  /** When the database said last how the run is: recording may wait for who holds it, with a database that is well. */
  #answeredAt = performance.now();
  /** What fails although the database answers, and for how long by now. */
  readonly #refused = new Map<Deed, { readonly since: number; readonly error: unknown }>();
  #looking = false;
  #recording = false;

  constructor(order: AskingOrder) {
    this.#order = order;
    this.#timer = setInterval(() => {
      const why = this.#inVain();
      if (why === undefined) return void this.#look();
      this.stop();
      order.leave(why);
    }, LOOK_MS);
  }

  wish(control: RunControl): void {
    this.#wished = control;
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #inVain(): string | undefined {
    const earliest = performance.now() - this.#order.patienceMs;
    for (const { since, error } of this.#refused.values())
      if (since < earliest)
        return `The run was left, for its stop can't be recorded: ${messageOf(error)}`;
    if (this.#answeredAt < earliest) return 'The run was left, for its database does not answer';
    return undefined;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const run = await this.#order.app.store.runs.get(this.#order.runId);
      this.#answeredAt = performance.now();
      this.#refused.delete('look');
      if (run !== undefined && !ENDED.includes(run.status)) void this.#record(run);
    } catch (error) {
      this.#note('look', error);
    } finally {
      this.#looking = false;
    }
  }

  async #record(run: Run): Promise<void> {
    const wished = this.#wished;
    if (this.#recording || wished === undefined || wished === this.#recorded) return;
    this.#recording = true;
    try {
      await requestControl(this.#order.app, run, wished);
      this.#recorded = wished;
      this.#refused.delete('record');
    } catch (error) {
      // It ended by itself meanwhile.
      if (hasCode(error, 'RUN_NOT_LIVE')) this.#recorded = wished;
      else this.#note('record', error);
    } finally {
      this.#recording = false;
    }
  }

  #note(deed: Deed, error: unknown): void {
    const away = databaseIsAway(error);
    if (!away) {
      const since = this.#refused.get(deed)?.since ?? performance.now();
      this.#refused.set(deed, { since, error });
    }
    if (this.#told) return;
    this.#told = true;
    this.#order.warn(
      away
        ? 'the database does not answer, so the stop is not recorded yet'
        : `the stop was not recorded yet: ${messageOf(error)}`,
    );
  }
}
