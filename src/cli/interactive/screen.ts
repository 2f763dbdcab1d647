import { NO_RUN, type LiveRun } from '../../domain/live-run.ts';
import { reduceLive, type LiveSignal } from '../../domain/reduce-live.ts';
import type { StoredEvent } from '../../domain/event.ts';
import type { Project } from '../../domain/run.ts';
import { EMPTY_EDITOR, withText, type Editor } from './editor.ts';
import type { Pager } from './pager.ts';
import type { Size } from './rows.ts';
import type { SlashName } from './slash.ts';

/** Everything that the views of the interactive terminal show; plain data. */
export interface Screen {
  readonly project: Project | null;
  readonly live: LiveRun;
  readonly activity: Activity;
  readonly activitySince: string;
  /** A word on what is under way, such as why something takes long; empty: nothing to say. */
  readonly doing: string;
  readonly talk: readonly TalkLine[];
  readonly editor: Editor;
  /** What is typed next: a line of its own, or the reason of a refusal. */
  readonly asks: Asks;
  /** Beginnings of what Tab was pressed for; empty: it wasn't, or there is one only. */
  readonly offers: readonly string[];
  /** Session whose output is shown in place of the board; null: the board. */
  readonly watched: string | null;
  /** What the agents said and did, by session. */
  readonly outputs: ReadonlyMap<string, readonly string[]>;
  readonly pager: Pager | null;
  /** Lines that the view is scrolled up. */
  readonly scroll: number;
  /** Ctrl+C was the last key: another one leaves. */
  readonly armed: boolean;
  /** The models are scripts: chosen when the program was started. */
  readonly rehearse: boolean;
  readonly projects: readonly string[];
  /** Of the terminal. */
  readonly size: Size;
  readonly now: string;
}

/**
 * `opening`: the database isn't there yet. `idle`: nothing is carried out here. `starting`: what
 * carries out a run is being made. `hosting`: it is carried out here. `watching`: another process
 * carries it out. `ending`: sessions end behind the prompt. `leaving`: so does the program.
 */
export type Activity =
  | 'opening'
  | 'idle'
  | 'starting'
  | 'hosting'
  | 'watching'
  | 'ending'
  | 'leaving';

export interface TalkLine {
  readonly kind: 'event' | 'told' | 'warned' | 'typed';
  readonly text: string;
}

type Asks =
  | { readonly kind: 'line' }
  | { readonly kind: 'reason'; readonly about: string; readonly state: string };

export const FIRST_SCREEN: Screen = Object.freeze({
  project: null,
  live: NO_RUN,
  activity: 'opening',
  activitySince: new Date(0).toISOString(),
  doing: '',
  talk: [],
  editor: EMPTY_EDITOR,
  asks: { kind: 'line' },
  offers: [],
  watched: null,
  outputs: new Map(),
  pager: null,
  scroll: 0,
  armed: false,
  rehearse: false,
  projects: [],
  size: { columns: 80, rows: 24 },
  now: new Date(0).toISOString(),
} satisfies Screen);

/** What changes a screen from inside; keys are `press.ts`'s. */
export type ScreenSignal =
  | LiveSignal
  | { readonly type: 'talk'; readonly lines: readonly TalkLine[] }
  /** Shows a project with what is stored of it, at once: nothing in between was ever so. */
  | {
      readonly type: 'attached';
      readonly project: Project;
      readonly stored: readonly StoredEvent[];
    }
  /** Shows none. */
  | { readonly type: 'detached' }
  | { readonly type: 'activity'; readonly activity: Activity; readonly doing?: string }
  | { readonly type: 'output'; readonly session: string; readonly lines: readonly string[] }
  | { readonly type: 'pager'; readonly pager: Pager | null }
  | { readonly type: 'watched'; readonly session: string | null }
  | { readonly type: 'projects'; readonly projects: readonly string[] }
  | { readonly type: 'history'; readonly history: readonly string[] }
  | { readonly type: 'typed'; readonly text: string }
  | { readonly type: 'asks'; readonly asks: Asks }
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'clear' }
  | { readonly type: 'tick'; readonly now: string };

/** What a person wants, as the keys say it; carried out by whoever holds the screen. */
export type Intent =
  | { readonly type: 'interrupt' }
  | { readonly type: 'leave'; readonly exit: number }
  /** Leaves at once, whatever has not ended by then. */
  | { readonly type: 'abandon' }
  | { readonly type: 'go_on' }
  | { readonly type: 'idea'; readonly text: string }
  | { readonly type: 'command'; readonly name: SlashName; readonly rest: string }
  | {
      readonly type: 'reject';
      readonly about: string;
      readonly state: string;
      readonly reason: string;
    }
  | { readonly type: 'approve' | 'edit'; readonly about: string; readonly state: string }
  | { readonly type: 'edit_line' }
  | { readonly type: 'redraw' };

/** What was said stays so long: a terminal that is open for days must not grow for ever. */
const TALK_LENGTH = 2000;
const OUTPUT_LENGTH = 2000;

type Signals = { readonly [S in ScreenSignal as S['type']]: S };
type Reduce = {
  readonly [T in keyof Signals]: (screen: Screen, signal: Signals[T]) => Screen;
};

const onLive = (screen: Screen, signal: LiveSignal): Screen =>
  withLive(screen, reduceLive(screen.live, signal));

const NOTHING = Object.freeze({
  project: null,
  live: NO_RUN,
  watched: null,
  outputs: new Map<string, readonly string[]>(),
} satisfies Partial<Screen>);

const REDUCE: Reduce = {
  stored: onLive,
  did: onLive,
  spent: onLive,
  talk: (screen, { lines }) => said(screen, lines),
  attached: (screen, { project, stored }) =>
    stored.reduce<Screen>((next, one) => onLive(next, { type: 'stored', stored: one }), {
      ...screen,
      ...NOTHING,
      project,
    }),
  detached: (screen) => ({ ...screen, ...NOTHING }),
  activity: (screen, { activity, doing = '' }) => ({
    ...screen,
    activity,
    activitySince: screen.activity === activity ? screen.activitySince : screen.now,
    doing,
  }),
  output: (screen, { session, lines }) => withOutput(screen, session, lines),
  pager: (screen, { pager }) => ({ ...screen, pager }),
  watched: (screen, { session }) => ({ ...screen, watched: session, scroll: 0 }),
  projects: (screen, { projects }) => ({ ...screen, projects }),
  history: (screen, { history }) => ({ ...screen, editor: { ...screen.editor, history } }),
  typed: (screen, { text }) => ({ ...screen, editor: withText(screen.editor, text) }),
  asks: (screen, { asks }) => ({ ...screen, asks }),
  resized: (screen, { size }) => ({ ...screen, size }),
  clear: (screen) => ({ ...screen, talk: [], scroll: 0, watched: null }),
  tick: (screen, { now }) => ({ ...screen, now }),
};

/** The next screen; pure. */
export function reduceScreen(screen: Screen, signal: ScreenSignal): Screen {
  return reduced(screen, signal);
}

function reduced<T extends keyof Signals>(
  screen: Screen,
  signal: Signals[T] & { readonly type: T },
): Screen {
  return REDUCE[signal.type](screen, signal);
}

/** An agent that is gone is not watched any more. */
function withLive(screen: Screen, live: LiveRun): Screen {
  const { watched } = screen;
  const there = watched === null || live.agents.some(({ session }) => session === watched);
  return { ...screen, live, watched: there ? watched : null };
}

/** What a person scrolled to stays where it is while more comes in. */
function said(screen: Screen, lines: readonly TalkLine[]): Screen {
  const scroll = screen.scroll === 0 ? 0 : screen.scroll + lines.length;
  return { ...screen, talk: [...screen.talk, ...lines].slice(-TALK_LENGTH), scroll };
}

function withOutput(screen: Screen, session: string, lines: readonly string[]): Screen {
  const outputs = new Map(screen.outputs);
  outputs.set(session, [...(outputs.get(session) ?? []), ...lines].slice(-OUTPUT_LENGTH));
  return { ...screen, outputs };
}
