import { openContext, withApp } from '../context.ts';
import { EXIT_OF } from '../interrupts.ts';
import { flagsOf, type RunOptions } from '../run-options.ts';
import { wantsColors, type Surroundings, type ViewKind } from './choose-view.ts';
import { Desk } from './desk.ts';
import { openKeyboard } from './keyboard.ts';
import { openPlainView } from './plain-view.ts';
import { FIRST_SCREEN } from './screen.ts';
import { screenOutput } from './speech.ts';
import { createScreenStore, type ScreenStore } from './store.ts';
import type { View } from './view.ts';

/** The prompt, from its first line until the person leaves. */
export async function interactiveAction(
  options: RunOptions,
  { kind, surroundings }: { readonly kind: ViewKind; readonly surroundings: Surroundings },
): Promise<void> {
  const { output: _form, ...rest } = options;
  // Before the screen is taken: what is wrong with the configuration is said in the shell.
  const shell = openContext(rest, flagsOf(options));
  const now = new Date().toISOString();
  const screen = createScreenStore({ ...FIRST_SCREEN, now, activitySince: now });
  const context = { ...shell, output: screenOutput(screen, options.verbose === true) };
  const front = await openFront(screen, kind, wantsColors(surroundings));
  const { env } = surroundings;
  const desk = new Desk({
    context,
    options,
    screen,
    editor: env['VISUAL'] ?? env['EDITOR'] ?? 'vi',
    lend: (body) => front.lend(body),
    redraw: () => front.view.redraw(),
  });
  const { gone, release } = listen(desk);
  front.open(desk, gone);
  try {
    const served = withApp(context, (app) => desk.serve(app));
    process.exitCode = await Promise.race([served, desk.abandoned]);
  } finally {
    release();
    await front.close();
  }
  tellLast(screen, (line) => shell.output.talk(line));
}

/** What the person finds when they come back. */
function tellLast(screen: ScreenStore, say: (line: string) => void): void {
  const { project, live } = screen.screen();
  if (project === null || live.status === 'completed') return;
  const state = live.status === 'waiting_approval' ? 'waits for your answer' : `is ${live.status}`;
  say(
    `${project.name} ${state}, in ${project.directory}; \`harness resume\` goes on, and so does the prompt`,
  );
}

interface Front {
  readonly view: View;
  open(desk: Desk, gone: () => void): void;
  lend<T>(body: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const TICK_MS = 1000;

/** View, keyboard and clock together. */
async function openFront(screen: ScreenStore, kind: ViewKind, colors: boolean): Promise<Front> {
  const { stdin, stdout } = process;
  // Large, and of no use to any other command.
  const view =
    kind === 'full'
      ? (await import('./full-view.ts')).openFullView(screen, { colors })
      : openPlainView(screen, stdout);
  const timer = setInterval(
    () => screen.dispatch({ type: 'tick', now: new Date().toISOString() }),
    TICK_MS,
  );
  const measure = (): void => {
    const { columns, rows } = stdout;
    screen.dispatch({ type: 'resized', size: { columns, rows } });
  };
  measure();
  stdout.on('resize', measure);
  let keyboard: ReturnType<typeof openKeyboard> | undefined;
  const silence = ringOnQuestions(screen, stdout);
  return {
    view,
    open({ heard }, gone) {
      keyboard = openKeyboard({ stdin, stdout, smart: kind === 'full', heard, gone });
    },
    async lend(body) {
      view.pause();
      keyboard?.pause();
      try {
        return await body();
      } finally {
        keyboard?.resume();
        view.resume();
      }
    },
    async close() {
      clearInterval(timer);
      stdout.off('resize', measure);
      silence();
      keyboard?.close();
      await view.close();
    },
  };
}

/** Whoever left it alone hears that something waits for them. */
function ringOnQuestions(screen: ScreenStore, stdout: NodeJS.WriteStream): () => void {
  let before = 0;
  return screen.subscribe(() => {
    const { length } = screen.screen().live.questions;
    if (length > before) stdout.write('\u0007');
    before = length;
  });
}

/** SIGINT is a key here. */
const LEAVING = ['SIGHUP', 'SIGTERM'] as const;

/** With nobody there to see why it takes longer than that, such as for a database that is gone for good. */
const ENDING_MS = 60_000;

/** Signals and a terminal that is gone lead to the same end as the person's own wish. */
function listen(desk: Desk): { readonly gone: () => void; readonly release: () => void } {
  let patience: NodeJS.Timeout | undefined;
  const leave = (exit: number): void => {
    desk.leave(exit);
    patience ??= setTimeout(() => desk.abandon(), ENDING_MS);
  };
  const gone = (): void => leave(EXIT_OF.SIGHUP);
  const told = new Set<string>();
  const ends = LEAVING.map((signal) => {
    const end = (): void => {
      // Once more is as good as the key: nothing that has not ended is waited for.
      if (told.has(signal)) desk.abandon();
      told.add(signal);
      leave(EXIT_OF[signal]);
    };
    return [signal, end] as const;
  });
  for (const [signal, end] of ends) process.on(signal, end);
  const interrupt = (): void => desk.heard({ type: 'named', name: 'ctrl_c' });
  process.on('SIGINT', interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', gone);
  }
  return {
    gone,
    release: () => {
      clearTimeout(patience);
      for (const [signal, end] of ends) process.off(signal, end);
      process.off('SIGINT', interrupt);
    },
  };
}
