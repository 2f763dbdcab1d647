import { questionName } from '../../domain/live-run.ts';
import { ENDED } from '../../domain/run.ts';
import type { Activity, Screen } from './screen.ts';

/** What a person can do now, in one line. */
export function hintOf(screen: Screen): string {
  const { activity, armed, asks } = screen;
  if (asks.kind === 'reason')
    return `why is ${asks.about === '' ? 'it' : asks.about} refused? The agents read it. Esc goes back`;
  if (armed && activity !== 'leaving') return `${armedAfter(screen)}Ctrl+C again leaves`;
  return HINTS[activity](screen);
}

const HINTS: Readonly<Record<Activity, (screen: Screen) => string>> = {
  opening: () => 'opening the database',
  starting: () => 'starting; Esc calls it off',
  ending: ({ doing }) => `${doing}; Enter goes on after that`,
  leaving: ({ doing }) => (doing === '' ? 'leaving' : `leaving: ${doing}`),
  watching: () => 'another process carries this run out; Esc stops watching',
  hosting: (screen) => waits(screen) ?? 'Esc interrupts, Tab shows an agent, /help lists commands',
  idle: (screen) => waits(screen) ?? atRest(screen),
};

function armedAfter({ activity, doing }: Screen): string {
  return activity === 'ending' ? `${doing}. Enter goes on, ` : '';
}

/** Something waits for an answer. */
function waits({ live }: Screen): string | undefined {
  const [first] = live.questions;
  if (first === undefined) return undefined;
  return `Enter reads ${questionName(first)}; /approve, /edit or /reject REASON answers`;
}

function atRest({ project, live }: Screen): string {
  if (project === null) return 'type what shall be built, or /help';
  if (live.status === 'completed') return 'complete; type what shall be built next, or /help';
  const state = ENDED.includes(live.status) ? live.status : 'interrupted';
  return `${state}: Enter goes on, /new builds something else, /why says what holds it`;
}
