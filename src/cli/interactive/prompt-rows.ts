import { cellsOf, safeLines } from './cells.ts';
import { graphemes } from './editor.ts';
import { hintLine, hintOf, waitedFor } from './hint.ts';
import { row, span, type Row } from './rows.ts';
import type { Screen } from './screen.ts';

/** The prompt with what is typed, and where its cursor stands in it. */
export interface PromptRows {
  readonly rows: readonly Row[];
  readonly cursor: { readonly x: number; readonly y: number };
}

/** More lines of a text that is typed are not shown at once. */
const MOST = 6;

const MARK = '> ';

/** What stands under the run: the hint, or what Tab offers, then the prompt. */
export function promptRows(screen: Screen, columns: number, most: number = MOST): PromptRows {
  const { editor } = screen;
  const { lines, x, y } = laidOut(editor.text, editor.cursor, columns - MARK.length - 1);
  const from = Math.max(0, Math.min(y - Math.floor(most / 2), lines.length - most));
  const shown = lines.slice(from, from + most);
  return {
    rows: [
      hintRow(screen, columns),
      ...shown.map((line, at) =>
        row(columns, [span(from + at === 0 ? MARK : '  ', 'accent'), span(line)]),
      ),
    ],
    cursor: { x: MARK.length + x, y: 1 + y - from },
  };
}

/** What Tab offers, or what can be done now, with how long it is waited for already. */
function hintRow(screen: Screen, columns: number): Row {
  const offers = offered(screen);
  if (offers !== undefined) return row(columns, [span(offers, 'dim')]);
  const waited = waitedFor(screen);
  const room = columns - (waited === '' ? 0 : waited.length + 1);
  return row(columns, [span(hintLine(hintOf(screen), room), 'dim')], [span(waited, 'dim')]);
}

function offered({ offers }: Screen): string | undefined {
  if (offers.length === 0) return undefined;
  return offers.map((offer) => offer.trim()).join('  ');
}

interface LaidOut {
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
}

/** The text in lines of so many columns, cut anywhere, and where the cursor is in them. */
function laidOut(text: string, cursor: number, columns: number): LaidOut {
  const lines = [''];
  let [used, index, x, y] = [0, 0, 0, 0];
  const mark = (): void => {
    if (index === cursor) [x, y] = [used, lines.length - 1];
  };
  for (const one of graphemes(text)) {
    const wide = one === '\n' ? 0 : cellsOf(one);
    if (one === '\n' || used + wide > columns) {
      if (one === '\n') mark();
      lines.push('');
      used = 0;
    }
    if (one !== '\n') {
      mark();
      lines[lines.length - 1] += drawn(one);
      used += wide;
    }
    index += one.length;
  }
  mark();
  return { lines, x, y };
}

/** What was typed or pasted is as hostile as anything: controls are not drawn. */
function drawn(grapheme: string): string {
  return safeLines(grapheme).join('') || ' ';
}
