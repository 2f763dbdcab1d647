import type { Project } from '../../domain/run.ts';
import { approve, editAsked, reject, view } from './answers.ts';
import { runCommand, type Hands } from './commands.ts';
import { busy } from './press.ts';
import type { Intent } from './screen.ts';
import type { Terminal } from './terminal.ts';

type Intents = { readonly [I in Intent as I['type']]: I };
type Deeds = {
  readonly [T in keyof Intents]: (
    terminal: Terminal,
    intent: Intents[T],
    hands: Hands,
  ) => Promise<void> | void;
};

const DEEDS: Deeds = {
  interrupt: (terminal) => terminal.interrupt(),
  leave: (_terminal, { exit }, { leave }) => leave(exit),
  abandon: (_terminal, _intent, { abandon }) => abandon(),
  go_on: goOn,
  idea: (terminal, { text }) => takeIdea(terminal, text),
  command: (terminal, command, hands) => runCommand(terminal, command, hands),
  approve: (terminal, { about, state }) => approve(terminal, about, state),
  edit: (terminal, { about }, { edit }) => editAsked(terminal, about, edit),
  reject: (terminal, rejection) => reject(terminal, rejection),
  edit_line: async ({ screen }, _intent, { edit }) => {
    const text = await edit('line.md', screen.screen().editor.text);
    if (text !== undefined) screen.dispatch({ type: 'typed', text: text.trimEnd() });
  },
  redraw: (_terminal, _intent, { redraw }) => redraw(),
};

/** Carries out what a person wants; what goes wrong is said in the talk. */
export async function perform(terminal: Terminal, intent: Intent, hands: Hands): Promise<void> {
  try {
    await done(terminal, intent, hands);
  } catch (error) {
    terminal.fail(error);
  }
}

function done<T extends keyof Intents>(
  terminal: Terminal,
  intent: Intents[T] & { readonly type: T },
  hands: Hands,
): Promise<void> | void {
  return DEEDS[intent.type](terminal, intent, hands);
}

/** Enter on an empty line: what waits is read, what stands still goes on. */
async function goOn(terminal: Terminal): Promise<void> {
  const screen = terminal.screen.screen();
  const { project, live } = screen;
  if (live.questions.length > 0 && screen.activity !== 'ending') return view(terminal, '');
  if (project === null || busy(screen) || screen.activity === 'watching') return;
  if (live.status !== 'completed') await terminal.resume(() => project);
}

/** What was typed is built, unless that would end what is not complete: then it is asked for by name. */
async function takeIdea(terminal: Terminal, idea: string): Promise<void> {
  const { project, live } = terminal.screen.screen();
  if (project === null || live.status === 'completed') return terminal.start(idea);
  terminal.say('told', notComplete(project));
  terminal.screen.dispatch({ type: 'typed', text: `/new ${idea}` });
}

function notComplete({ name }: Project): string {
  return `${name} is not complete: Enter leaves it and builds the new one, Ctrl+U takes that back`;
}
