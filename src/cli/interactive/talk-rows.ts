import { wrapped } from './cells.ts';
import { row, span, type Row, type Tone } from './rows.ts';
import type { Screen, TalkLine } from './screen.ts';

const TONES: Readonly<Record<TalkLine['kind'], Tone>> = {
  event: 'plain',
  told: 'plain',
  warned: 'warn',
  typed: 'accent',
};

/** The last lines of the talk, or of the agent that is watched, that fit; scrolled up as wished. */
export function talkRows(screen: Screen, columns: number, most: number): readonly Row[] {
  const { talk, watched, outputs } = screen;
  const lines: readonly TalkLine[] =
    watched === null ? talk : (outputs.get(watched) ?? []).map((text) => ({ kind: 'event', text }));
  const end = Math.max(Math.min(most, lines.length), lines.length - screen.scroll);
  const rows: Row[] = [];
  for (let at = end - 1; at >= 0 && rows.length < most; at -= 1) {
    const line = lines[at];
    if (line !== undefined) rows.unshift(...lineRows(line, columns));
  }
  return rows.slice(-most);
}

/** Columns that the time of an event takes. */
const HANG = 10;

/** Columns that what does not fit in a line of the talk stands in on the next ones. */
export function hangOf(kind: TalkLine['kind']): number {
  return kind === 'event' ? HANG : 2;
}

function lineRows({ kind, text }: TalkLine, columns: number): readonly Row[] {
  const whole = kind === 'typed' ? `> ${text}` : text;
  return wrapped(whole, columns, hangOf(kind)).map((line) =>
    row(columns, [span(line, TONES[kind])]),
  );
}
