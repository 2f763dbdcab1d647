import { stripControls } from '../../app.ts';
import { graphemes } from './editor.ts';

/** Scripts and pictures that a terminal draws two columns wide. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}])/u;

/** Columns that one grapheme takes. */
export function cellsOf(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Columns that a line takes. */
export function columnsOf(line: string): number {
  if (ASCII.test(line)) return line.length;
  return graphemes(line).reduce((sum, one) => sum + cellsOf(one), 0);
}

const ASCII = /^[ -~]*$/u;

/** The beginning of a line in so many columns, with an ellipsis where something is left out. */
export function fitted(line: string, columns: number): string {
  // A line of megabytes is not gone through whole to see that it is too long.
  const head = line.slice(0, 4 * Math.max(0, columns) + 64);
  if (head === line && columnsOf(line) <= columns) return line;
  if (columns < 1) return '';
  let [text, used] = ['', 0];
  for (const one of graphemes(head)) {
    used += cellsOf(one);
    if (used > columns - 1) break;
    text += one;
  }
  return `${text}…`;
}

/** A line in pieces of so many columns, broken at spaces where there are any; pieces after the first hang in. */
export function wrapped(line: string, columns: number, hang = 0): readonly string[] {
  if (columnsOf(line) <= columns || columns < hang + 4) return [fitted(line, columns)];
  const pieces: string[] = [];
  const all = graphemes(line);
  for (let from = 0; from < all.length;) {
    const room = pieces.length === 0 ? columns : columns - hang;
    const rest = all.slice(from, from + room + 1);
    const end = breakAt(rest, room);
    pieces.push(
      `${pieces.length === 0 ? '' : ' '.repeat(hang)}${rest.slice(0, end).join('').trimEnd()}`,
    );
    from += end;
    while (all[from] === ' ') from += 1;
  }
  return pieces;
}

/** Graphemes that fit, up to the last space among them if there is one in its second half. */
function breakAt(rest: readonly string[], room: number): number {
  let [end, used] = [0, 0];
  while (end < rest.length && used + cellsOf(rest[end] ?? '') <= room) {
    used += cellsOf(rest[end] ?? '');
    end += 1;
  }
  if (end === rest.length) return end;
  const space = rest.lastIndexOf(' ', end);
  return space > end / 2 ? space : Math.max(1, end);
}

/** Text of unknown origin as lines for a terminal. */
export function safeLines(text: string): readonly string[] {
  return stripControls(text).replaceAll('\t', '  ').split('\n');
}

/** The same in one line. */
export function safeLine(text: string): string {
  return safeLines(text).join(' ').replaceAll(/ +/gu, ' ').trim();
}
