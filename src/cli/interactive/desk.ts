import { editText, type App } from '../../app.ts';
import type { Context } from '../context.ts';
import type { RunOptions } from '../run-options.ts';
import type { Hands } from './commands.ts';
import { historyIn, type HistoryFile } from './history-file.ts';
import type { Key } from './keys.ts';
import { perform } from './perform.ts';
import type { Intent } from './screen.ts';
import type { ScreenStore } from './store.ts';
import { Terminal } from './terminal.ts';

export interface DeskOrder {
  readonly context: Context;
  readonly options: RunOptions;
  readonly screen: ScreenStore;
  /** A shell command. */
  readonly editor: string;
  /** Gives the terminal away while the body runs. */
  readonly lend: <T>(body: () => Promise<T>) => Promise<T>;
  readonly redraw: () => void;
}

/** Where a person sits: their keys go in, what they want is carried out, until they leave. */
export class Desk implements Hands {
  readonly #order: DeskOrder;
  readonly #left = Promise.withResolvers<number>();
  readonly #history: HistoryFile;
  readonly #abandoned = Promise.withResolvers<number>();
  #terminal: Terminal | undefined;
  /** What was wanted before there was a database. */
  #early: Intent[] = [];

  constructor(order: DeskOrder) {
    this.#order = order;
    this.#history = historyIn(order.context.config.home);
  }

  readonly heard = (key: Key): void => {
    const { screen } = this.#order;
    const before = screen.screen().editor.history;
    const intents = screen.press(key);
    const last = screen.screen().editor.history.at(-1);
    if (last !== undefined && screen.screen().editor.history !== before && last !== before.at(-1))
      void this.#history.add(last).catch(() => screen.dispatch(UNKEPT));
    for (const intent of intents) this.#take(intent);
  };

  #take(intent: Intent): void {
    if (intent.type === 'leave') this.leave(intent.exit);
    else if (intent.type === 'abandon') this.abandon();
    else if (this.#terminal === undefined) this.#early.push(intent);
    else void perform(this.#terminal, intent, this);
  }

  readonly leave = (exit: number): void => {
    this.#order.screen.dispatch({ type: 'activity', activity: 'leaving' });
    this.#left.resolve(exit);
  };

  /** Leaves without waiting for what has not ended: it is as safe as after a crash. */
  readonly abandon = (): void => {
    void this.#left.promise.then((exit) => this.#abandoned.resolve(exit));
  };

  /** The exit status, once what was to end in order is not waited for any more. */
  get abandoned(): Promise<number> {
    return this.#abandoned.promise;
  }

  readonly redraw = (): void => this.#order.redraw();

  readonly edit = async (name: string, text: string): Promise<string | undefined> => {
    const { editor, lend } = this.#order;
    const edited = await lend(() => editText({ editor, name, text }));
    return edited === text || edited.trim() === '' ? undefined : edited;
  };

  /** Serves the person until they leave; their exit status. Nothing is carried out any more then. */
  async serve(app: App): Promise<number> {
    const { context, options, screen } = this.#order;
    screen.dispatch({ type: 'history', history: await this.#history.read() });
    const terminal = new Terminal({ app, context, options, screen });
    await terminal.begin();
    this.#terminal = terminal;
    for (const intent of this.#early) void perform(terminal, intent, this);
    const exit = await this.#left.promise;
    await terminal.settle();
    return exit;
  }
}

const UNKEPT = Object.freeze({
  type: 'talk',
  lines: [{ kind: 'warned', text: 'what you typed could not be kept for the next time' }],
} as const);
