import { columnsOf, fitted } from './cells.ts';

/** How a piece of text is meant; what that looks like is the view's. */
export type Tone = 'plain' | 'dim' | 'bold' | 'good' | 'bad' | 'warn' | 'accent';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of the screen, no longer than it is wide. */
export type Row = readonly Span[];

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const EMPTY_ROW: Row = Object.freeze([]);

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** Spans in one line: what does not fit is cut, and what is to stand at the right end stands there. */
export function row(columns: number, left: readonly Span[], right: readonly Span[] = []): Row {
  const end = widthOf(right);
  const room = end === 0 || end > columns - 10 ? columns : columns - end - 1;
  const fits = cut(left, room);
  if (room === columns) return fits;
  return [...fits, span(' '.repeat(columns - end - widthOf(fits))), ...right];
}

function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

function cut(spans: readonly Span[], columns: number): Row {
  const fits: Span[] = [];
  let left = columns;
  for (const one of spans) {
    const text = fitted(one.text, left);
    if (text !== '') fits.push({ ...one, text });
    if (text !== one.text) break;
    left -= columnsOf(text);
  }
  return fits;
}
