import { safeLine, wrapped } from './cells.ts';
import { EMPTY_ROW, row, span, type Row, type Size } from './rows.ts';
import type { Pager } from './screen.ts';

/** A document that is read: its title, what fits of it, and the keys. */
export function pagerRows(pager: Pager, { columns, rows }: Size): readonly Row[] {
  const room = Math.max(0, rows - 2);
  const text = pager.lines
    .slice(pager.top, pager.top + room)
    .flatMap((line) => wrapped(line, columns, hangOf(line)))
    .slice(0, room)
    .map((line) => row(columns, [span(line, line.startsWith('#') ? 'bold' : 'plain')]));
  const blank = Array.from({ length: room - text.length }, () => EMPTY_ROW);
  const place = `line ${pager.top + 1} of ${pager.lines.length}`;
  return [
    row(columns, [span(safeLine(pager.title), 'bold')], [span(place, 'dim')]),
    ...text,
    ...blank,
    row(columns, [span(keysOf(pager), 'dim')]),
  ].slice(0, rows);
}

/** What goes on below a list's mark stands under its text. */
function hangOf(line: string): number {
  return /^ *(?:[-*+] |\d+[.)] )?/u.exec(line)?.[0].length ?? 0;
}

function keysOf({ question }: Pager): string {
  if (question === null) return 'q back, arrows and PgUp PgDn move';
  return `a approve, ${question.editable ? 'e edit, ' : ''}r reject, q back, arrows and PgUp PgDn move`;
}
