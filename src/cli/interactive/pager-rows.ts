import { safeLine } from './cells.ts';
import { hintLine } from './hint.ts';
import { lastPage, pageRows, type Pager } from './pager.ts';
import { EMPTY_ROW, row, span, type Row, type Size } from './rows.ts';

/** A document that is read: its title, what fits of it, and the keys. */
export function pagerRows(pager: Pager, size: Size): readonly Row[] {
  const { columns, rows } = size;
  const text = pageRows(pager, size).map((line) =>
    row(columns, [span(line, line.startsWith('#') ? 'bold' : 'plain')]),
  );
  const blank = Array.from({ length: Math.max(0, rows - 2 - text.length) }, () => EMPTY_ROW);
  return [
    row(columns, [span(safeLine(pager.title), 'bold')], [span(placeIn(pager, size), 'dim')]),
    ...text,
    ...blank,
    row(columns, [span(hintLine(keysOf(pager), columns), 'dim')]),
  ].slice(0, rows);
}

function placeIn(pager: Pager, size: Size): string {
  const { line, piece } = pager.top;
  const last = lastPage(pager, size);
  const shown = line >= last.line && piece >= last.piece;
  if (shown) return line === 0 && piece === 0 ? 'all' : 'end';
  return `line ${line + 1} of ${pager.lines.length}`;
}

function keysOf({ question }: Pager): readonly string[] {
  const moves = ['q back', 'arrows, PgUp and PgDn move'];
  if (question === null) return moves;
  return [
    `a approve, ${question.editable ? 'e edit, ' : ''}r reject, ${moves[0]}`,
    ...moves.slice(1),
  ];
}
