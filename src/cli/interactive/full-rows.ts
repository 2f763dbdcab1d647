import { questionName } from '../../domain/live-run.ts';
import { safeLine } from './cells.ts';
import { pagerRows } from './pager-rows.ts';
import { promptRows } from './prompt-rows.ts';
import { EMPTY_ROW, row, span, type Row, type Size } from './rows.ts';
import { agentRows, headRow, nameOf, runRows } from './run-rows.ts';
import type { Screen } from './screen.ts';
import { talkRows } from './talk-rows.ts';

/** A whole screen, as many rows as it has, and where its cursor stands; null: nowhere. */
export interface FullScreen {
  readonly rows: readonly Row[];
  readonly cursor: { readonly x: number; readonly y: number } | null;
}

/** The full screen at a size; pure. */
export function fullScreen(screen: Screen, size: Size): FullScreen {
  const { columns, rows } = size;
  if (screen.pager !== null) return { rows: pagerRows(screen.pager, size), cursor: null };
  const prompt = promptRows(screen, columns, Math.max(1, Math.min(6, Math.floor(rows / 3))));
  const stacked = board(screen, size, prompt.rows);
  const y = stacked.length - prompt.rows.length + prompt.cursor.y;
  return { rows: stacked.slice(0, rows), cursor: { x: prompt.cursor.x, y } };
}

/** The same for whoever only watches: there is nothing to type. */
export function watchScreen(screen: Screen, size: Size): FullScreen {
  const hint = row(size.columns, [span('Ctrl+C leaves; the run goes on', 'dim')]);
  return { rows: board(screen, size, [hint]).slice(0, size.rows), cursor: null };
}

/** The run, what was said below it, what is asked, and then these rows. */
function board(screen: Screen, size: Size, last: readonly Row[]): readonly Row[] {
  const { columns, rows } = size;
  const agents = Math.max(2, Math.floor(rows / 4));
  const top = [
    headRow(screen, columns),
    ...runRows(screen, columns),
    ...agentRows(screen, columns, agents),
    rule(screen, columns),
  ];
  const bottom = [...questionRows(screen, columns), ...last];
  const head = top.slice(0, Math.max(0, rows - bottom.length));
  const room = Math.max(0, rows - head.length - bottom.length);
  const talk = room === 0 ? [] : talkRows(screen, columns, room);
  const blank = Array.from({ length: room - talk.length }, () => EMPTY_ROW);
  return [...head, ...talk, ...blank, ...bottom];
}

/** Between the run and the talk; says whose words follow. */
function rule({ watched, live, scroll }: Screen, columns: number): Row {
  const agent = live.agents.find(({ session }) => session === watched);
  const whose = agent === undefined ? '' : ` ${nameOf(agent)} says and does (Tab: the next) `;
  const back = scroll === 0 ? '' : ` ${scroll} back, PgDn `;
  const label = `──${whose}${back}`;
  return row(columns, [span(`${label}${'─'.repeat(Math.max(0, columns - label.length))}`, 'dim')]);
}

function questionRows({ live }: Screen, columns: number): readonly Row[] {
  const [first, ...others] = live.questions;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return [
    row(columns, [
      span(`? ${questionName(first)}`, 'warn'),
      span(`  ${safeLine(first.question)}${more}`),
    ]),
  ];
}
