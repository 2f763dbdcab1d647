import { questionName } from '../../domain/live-run.ts';
import { ENDED } from '../../domain/run.ts';
import { columnsOf, fitted } from './cells.ts';
import { clockOf } from './figures.ts';
import type { Activity, Screen } from './screen.ts';

/** What a person can do now, the most important first; each part says something by itself. */
export type Hint = readonly string[];

/** What a person can do now. */
export function hintOf(screen: Screen): Hint {
  const { activity, armed, asks } = screen;
  if (asks.kind === 'reason')
    return [`why is ${asks.about === '' ? 'it' : asks.about} refused?`, 'Esc goes back'];
  if (armed && activity !== 'leaving') return [...armedAfter(screen), 'Ctrl+C again leaves'];
  return HINTS[activity](screen);
}

/** As many parts as fit in one line, and the first one in any case. */
export function hintLine([first = '', ...more]: Hint, columns: number): string {
  let line = first;
  for (const part of more) {
    if (columnsOf(line) + columnsOf(part) + SEPARATOR.length > columns) break;
    line += SEPARATOR + part;
  }
  return fitted(line, columns);
}

const SEPARATOR = '; ';

/** How long something lasts that a person waits for; empty where nobody waits, or not for long. */
export function waitedFor({ activity, activitySince, now }: Screen): string {
  const ms = Date.parse(now) - Date.parse(activitySince);
  return AWAITED.has(activity) && ms >= LONG_MS ? clockOf(ms) : '';
}

const AWAITED: ReadonlySet<Activity> = new Set(['opening', 'starting', 'ending', 'leaving']);

/** Nobody wants to be told how long less took. */
const LONG_MS = 3000;

const HINTS: Readonly<Record<Activity, (screen: Screen) => Hint>> = {
  opening: () => ['opening the database', 'the first time it is made'],
  starting: () => ['starting', 'Esc calls it off'],
  ending: (screen) => [endingOf(screen), 'Enter goes on after that'],
  leaving: (screen) => [
    ...(screen.live.agents.length === 0 ? ['leaving'] : [`leaving: ${endingOf(screen)}`]),
    ...(waitedFor(screen) === '' ? [] : ['Ctrl+C leaves at once']),
  ],
  watching: (screen) =>
    waits(screen) ?? ['another process carries this run out', '/stop ends it', '/help'],
  hosting: (screen) =>
    waits(screen) ?? ['Esc interrupts', 'Tab shows an agent', '/help lists commands'],
  idle: (screen) => waits(screen) ?? atRest(screen),
};

function armedAfter(screen: Screen): Hint {
  return screen.activity === 'ending' ? [endingOf(screen)] : [];
}

function endingOf({ doing, live }: Screen): string {
  const sessions = live.agents.length;
  if (doing !== '') return doing;
  if (sessions === 0) return 'stopping';
  return `ending ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, their work is kept`;
}

/** Something waits for an answer. */
function waits({ live }: Screen): Hint | undefined {
  const [first] = live.questions;
  if (first === undefined) return undefined;
  return [`Enter reads ${questionName(first)}`, '/approve, /edit or /reject REASON answers'];
}

function atRest({ project, live }: Screen): Hint {
  if (project === null) return ['type what shall be built', '/help lists commands'];
  if (live.status === 'completed')
    return ['complete', 'type what shall be built next', '/help lists commands'];
  const state = ENDED.includes(live.status) ? live.status : 'interrupted';
  return [`${state}: Enter goes on`, '/new builds something else', '/why says what holds it'];
}
