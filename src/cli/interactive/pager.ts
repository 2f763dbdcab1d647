import { graphemes } from './editor.ts';
import { wrapped } from './cells.ts';
import type { Size } from './rows.ts';

/** A document that is read. */
export interface Pager {
  readonly title: string;
  readonly lines: readonly string[];
  /** Where what is shown begins. */
  readonly top: PagePlace;
  /** The question it belongs to; null: it is only to be read. */
  readonly question: PagerQuestion | null;
}

interface PagerQuestion {
  readonly about: string;
  /** What was looked at: an answer counts for that alone. */
  readonly state: string;
  /** Whether there is a document that may be changed. */
  readonly editable: boolean;
}

/** Where a page begins: a line, and the piece of it where it is broken into several. */
export interface PagePlace {
  readonly line: number;
  readonly piece: number;
}

export const FIRST_PAGE: PagePlace = Object.freeze({ line: 0, piece: 0 });

/** Rows of a screen that are not the document's: title and keys. */
const FRAME = 2;

/** Rows of the document that a screen shows at once. */
export function pageOf({ rows }: Size): number {
  return Math.max(1, rows - FRAME);
}

/** The rows that a screen shows of a document, no more than fit. */
export function pageRows(pager: Pager, size: Size): readonly string[] {
  const { columns } = size;
  const page = pageOf(size);
  const rows: string[] = [];
  const { line, piece } = settledPlace(pager, columns);
  for (let at = line; at < pager.lines.length && rows.length < page; at += 1) {
    const pieces = piecesOf(pager.lines[at] ?? '', columns);
    rows.push(...(at === line ? pieces.slice(piece) : pieces));
  }
  return rows.slice(0, page);
}

/** So many rows further on, or back; never past the beginning, nor past the page that ends with the end. */
export function movedBy(pager: Pager, size: Size, rows: number): PagePlace {
  const from = settledPlace(pager, size.columns);
  const place = walked(pager, size.columns, { from, rows });
  const last = lastPage(pager, size);
  return rows > 0 && isBehind(place, last) ? last : place;
}

/** The beginning of the page that ends with the end. */
export function lastPage(pager: Pager, size: Size): PagePlace {
  const { lines } = pager;
  const line = Math.max(0, lines.length - 1);
  const piece = piecesOf(lines[line] ?? '', size.columns).length - 1;
  return walked(pager, size.columns, { from: { line, piece }, rows: 1 - pageOf(size) });
}

function isBehind(a: PagePlace, b: PagePlace): boolean {
  return a.line > b.line || (a.line === b.line && a.piece > b.piece);
}

/** The terminal may have become wider since: a line has fewer pieces then. */
function settledPlace({ top, lines }: Pager, columns: number): PagePlace {
  const pieces = piecesOf(lines[top.line] ?? '', columns).length;
  return { line: top.line, piece: Math.min(top.piece, pieces - 1) };
}

function walked(
  { lines }: Pager,
  columns: number,
  { from, rows }: { readonly from: PagePlace; readonly rows: number },
): PagePlace {
  let { line, piece } = from;
  const pieces = (at: number): number => piecesOf(lines[at] ?? '', columns).length;
  for (let left = rows; left > 0; left -= 1) {
    if (piece + 1 < pieces(line)) piece += 1;
    else if (line + 1 < lines.length) [line, piece] = [line + 1, 0];
  }
  for (let left = rows; left < 0; left += 1) {
    if (piece > 0) piece -= 1;
    else if (line > 0) [line, piece] = [line - 1, pieces(line - 1) - 1];
  }
  return { line, piece };
}

function piecesOf(line: string, columns: number): readonly string[] {
  return wrapped(line, columns, hangOfText(line));
}

/** What goes on below a list's mark stands under its text. */
export function hangOfText(line: string): number {
  return /^ *(?:[-*+] |\d+[.)] )?/u.exec(line)?.[0].length ?? 0;
}

/** A line is looked at whole for every key: what is far longer than any text of people is several lines. */
const LONGEST_LINE = 2000;

/** Lines that are no longer than can be gone through at every key. */
export function shortLines(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => (line.length <= LONGEST_LINE ? [line] : cutUp(line)));
}

/** Never inside of what a person takes for one character. */
function cutUp(line: string): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0; from < line.length;) {
    const window = graphemes(line.slice(from, from + LONGEST_LINE));
    const whole = from + LONGEST_LINE < line.length ? window.slice(0, -1) : window;
    const piece = (whole.length > 0 ? whole : window).join('');
    pieces.push(piece);
    from += piece.length;
  }
  return pieces;
}
