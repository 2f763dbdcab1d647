import { openContext, withApp } from '../context.ts';
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
  const screen = createScreenStore({ ...FIRST_SCREEN, now: new Date().toISOString() });
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
  const release = listen(desk);
  front.open(desk);
  try {
    process.exitCode = await withApp(context, (app) => desk.serve(app));
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
  open(desk: Desk): void;
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
  let keyboard: ReturnType<typeof openKeyboard> | undefined;
  const silence = ringOnQuestions(screen, stdout);
  return {
    view,
    open(desk) {
      const { heard } = desk;
      const gone = (): void => desk.leave(HANGUP);
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

const HANGUP = 129;
const EXITS = { SIGHUP: HANGUP, SIGTERM: 143 } as const;

/** Signals and a terminal that is gone lead to the same end as the person's own wish. */
function listen(desk: Desk): () => void {
  const ends = Object.entries(EXITS).map(
    ([signal, exit]) => [signal, () => desk.leave(exit)] as const,
  );
  for (const [signal, end] of ends) process.on(signal, end);
  const interrupt = (): void => desk.heard({ type: 'named', name: 'ctrl_c' });
  process.on('SIGINT', interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', () => desk.leave(HANGUP));
  }
  return () => {
    for (const [signal, end] of ends) process.off(signal, end);
    process.off('SIGINT', interrupt);
  };
}
