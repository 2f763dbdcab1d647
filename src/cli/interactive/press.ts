import { questionName } from '../../domain/live-run.ts';
import { edit, graphemes, handedIn, withText } from './editor.ts';
import { waitedFor } from './hint.ts';
import type { Key, KeyName } from './keys.ts';
import { FIRST_PAGE, lastPage, movedBy, pageOf, type PagePlace, type Pager } from './pager.ts';
import type { Size } from './rows.ts';
import type { Intent, Screen, TalkLine } from './screen.ts';
import { completed, completions, parseTyped } from './slash.ts';

/** What a key leads to: the next screen, and what is to be done. */
export interface Pressed {
  readonly screen: Screen;
  readonly intents: readonly Intent[];
}

/** The screen after a key; pure. */
export function press(screen: Screen, key: Key): Pressed {
  if (screen.activity === 'leaving') return whileLeaving(screen, key);
  if (key.type === 'named' && key.name === 'ctrl_c') return interruptOrLeave(screen);
  const calm = { ...screen, armed: false, offers: [] };
  if (calm.pager !== null) return inPager(calm, calm.pager, key);
  if (key.type === 'named') {
    const act = ACTS[key.name]?.(calm);
    if (act !== undefined) return act;
  }
  return still({ ...calm, editor: edit(calm.editor, key) ?? calm.editor });
}

/** What takes too long to end is left as it is; who presses a key three times in a hurry does not mean that. */
function whileLeaving(screen: Screen, key: Key): Pressed {
  const again = key.type === 'named' && key.name === 'ctrl_c' && waitedFor(screen) !== '';
  return again ? wants(screen, { type: 'abandon' }) : still(screen);
}

function still(screen: Screen): Pressed {
  return { screen, intents: [] };
}

function wants(screen: Screen, ...intents: readonly Intent[]): Pressed {
  return { screen, intents };
}

/** Whether there is something to interrupt. */
export function busy({ activity, live }: Screen): boolean {
  return activity === 'starting' || (activity === 'hosting' && live.status !== 'waiting_approval');
}

/** Interrupts what is under way; else the line is emptied, and the second one leaves. */
function interruptOrLeave(screen: Screen): Pressed {
  if (screen.armed) return wants({ ...screen, pager: null }, { type: 'leave', exit: 130 });
  const next: Screen = {
    ...screen,
    armed: true,
    pager: null,
    offers: [],
    asks: { kind: 'line' },
    editor: withText(screen.editor, ''),
  };
  return busy(screen) ? wants(next, { type: 'interrupt' }) : still(next);
}

type Act = (screen: Screen) => Pressed | undefined;

const ACTS: { readonly [N in KeyName]?: Act } = {
  escape: (screen) => {
    if (screen.asks.kind === 'reason') return still({ ...screen, asks: { kind: 'line' } });
    if (busy(screen)) return wants(screen, { type: 'interrupt' });
    return still({ ...screen, watched: null, scroll: 0, editor: withText(screen.editor, '') });
  },
  enter: handIn,
  tab: (screen) =>
    screen.editor.text === ''
      ? still({ ...screen, watched: nextAgent(screen, 1), scroll: 0 })
      : still(complete(screen)),
  shift_tab: (screen) => still({ ...screen, watched: nextAgent(screen, -1), scroll: 0 }),
  ctrl_d: (screen) =>
    screen.editor.text === '' ? wants(screen, { type: 'leave', exit: 0 }) : undefined,
  ctrl_g: (screen) => wants(screen, { type: 'edit_line' }),
  ctrl_l: (screen) => wants(screen, { type: 'redraw' }),
  page_up: (screen) =>
    still({ ...screen, scroll: Math.min(scrollable(screen), screen.scroll + halfOf(screen)) }),
  page_down: (screen) => still({ ...screen, scroll: Math.max(0, screen.scroll - halfOf(screen)) }),
};

/** Lines that the talk is scrolled at once: some of what was there stays to be seen. */
function halfOf({ size }: Screen): number {
  return Math.max(1, Math.floor(size.rows / 2));
}

function scrollable({ talk, watched, outputs }: Screen): number {
  return watched === null ? talk.length : (outputs.get(watched)?.length ?? 0);
}

function nextAgent({ live, watched }: Screen, step: 1 | -1): string | null {
  const ring = [null, ...live.agents.map(({ session }) => session)];
  return ring.at((ring.indexOf(watched) + step + ring.length) % ring.length) ?? null;
}

function complete(screen: Screen): Screen {
  const { editor, live, projects } = screen;
  const offers = completions(editor.text, {
    items: live.items.map(({ key }) => key),
    questions: live.questions.map(questionName),
    projects,
  });
  return {
    ...screen,
    offers: offers.length > 1 ? offers : [],
    editor: withText(editor, completed(editor.text, offers)),
  };
}

/** What was typed, or, on an empty line, the wish to go on. */
function handIn(screen: Screen): Pressed {
  const { asks, editor } = screen;
  if (asks.kind === 'reason') {
    const reason = editor.text.trim();
    if (reason === '') return still(screen);
    const next: Screen = { ...screen, asks: { kind: 'line' }, editor: handedIn(editor) };
    return wants(withTalk(next, 'typed', reason.split('\n')), {
      type: 'reject',
      about: asks.about,
      state: asks.state,
      reason,
    });
  }
  const next = { ...screen, scroll: 0, editor: handedIn(editor) };
  const typed = parseTyped(editor.text);
  if (typed.kind === 'nothing') return wants(next, { type: 'go_on' });
  const echoed = withTalk(next, 'typed', editor.text.trim().split('\n'));
  switch (typed.kind) {
    case 'text':
      return wants(echoed, { type: 'idea', text: typed.text });
    case 'command':
      return wants(echoed, { type: 'command', name: typed.name, rest: typed.rest });
    case 'unknown':
      return still(withTalk(echoed, 'warned', [`${typed.word} is no command; /help lists them`]));
    case 'refused':
      return still(withTalk(echoed, 'warned', [typed.because]));
  }
}

function withTalk(screen: Screen, kind: TalkLine['kind'], texts: readonly string[]): Screen {
  return { ...screen, talk: [...screen.talk, ...texts.map((text) => ({ kind, text }))] };
}

/** Keys of the pager: those of every pager, and the answers. What is pasted is none. */
function inPager(screen: Screen, pager: Pager, key: Key): Pressed {
  if (key.type === 'paste') return still(screen);
  const [name = '', ...rest] = key.type === 'named' ? [key.name] : graphemes(key.text);
  const pressed = onePagerKey(screen, pager, name);
  if (rest.length === 0) return pressed;
  const next = press(pressed.screen, { type: 'text', text: rest.join('') });
  return { screen: next.screen, intents: [...pressed.intents, ...next.intents] };
}

function onePagerKey(screen: Screen, pager: Pager, name: string): Pressed {
  const moved = MOVES[name]?.(pager, screen.size);
  if (moved !== undefined) return still({ ...screen, pager: { ...pager, top: moved } });
  const closed: Screen = { ...screen, pager: null };
  if (['q', 'escape', 'ctrl_d'].includes(name)) return still(closed);
  const answer = pager.question === null ? undefined : answered(closed, pager.question, name);
  return answer ?? still(screen);
}

type Move = (pager: Pager, size: Size) => PagePlace;

const down: Move = (pager, size) => movedBy(pager, size, 1);
const up: Move = (pager, size) => movedBy(pager, size, -1);
const onward: Move = (pager, size) => movedBy(pager, size, pageOf(size));
const back: Move = (pager, size) => movedBy(pager, size, -pageOf(size));
const toTop: Move = () => FIRST_PAGE;

const MOVES: Readonly<Record<string, Move>> = {
  down,
  j: down,
  enter: down,
  up,
  k: up,
  page_down: onward,
  ' ': onward,
  ctrl_f: onward,
  page_up: back,
  b: back,
  ctrl_b: back,
  home: toTop,
  g: toTop,
  end: lastPage,
  G: lastPage,
};

function answered(
  closed: Screen,
  { about, state, editable }: NonNullable<Pager['question']>,
  name: string,
): Pressed | undefined {
  if (name === 'a') return wants(closed, { type: 'approve', about, state });
  if (name === 'e' && editable) return wants(closed, { type: 'edit', about, state });
  if (name === 'r') return still({ ...closed, asks: { kind: 'reason', about, state } });
  return undefined;
}
