/**
 * Rows with aligned columns, two spaces between them; every column but the last as wide as its
 * widest cell. `right` names columns that align to the right: numbers.
 */
export function table(
  rows: readonly (readonly string[])[],
  { right = [], width = Number.POSITIVE_INFINITY, shrinks }: TableShape = {},
): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_none, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  );
  if (shrinks !== undefined) widths[shrinks] = shrunk(widths, shrinks, width);
  return rows.map((row) => {
    const fitting = row.map((cell, at) => (at === shrinks ? clipped(cell, widths[at] ?? 0) : cell));
    const cells = fitting.map((cell, at) =>
      right.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
    );
    return clipped(cells.join('  ').trimEnd(), width);
  });
}

export interface TableShape {
  readonly right?: readonly number[];
  /** Longer lines are cut, with an ellipsis. */
  readonly width?: number;
  /** A column that is cut first, so that what stands behind it is seen too. */
  readonly shrinks?: number;
}

/** What the others leave of the line, and half of what it shares with the last one at least. */
function shrunk(widths: readonly number[], at: number, width: number): number {
  const own = widths[at] ?? 0;
  const last = at === widths.length - 1 ? 0 : (widths.at(-1) ?? 0);
  const gaps = 2 * (widths.length - 1);
  const others = widths.reduce((sum, one) => sum + one, gaps) - own - last;
  const room = Math.max(0, width - others);
  return Math.min(own, Math.max(room - last, Math.floor(room / 2)));
}

/** The terminal's width; a file or a pipe gets whole lines. */
export function lineWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

/** The first line of a text, at most so long. */
export function clipped(text: string, width: number): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
}

/**
 * A line in so many lines of the terminal, broken at spaces, all but the first `hang` columns in. A
 * word longer than a line stays whole.
 */
export function hung(
  line: string,
  { width, hang }: { readonly width: number; readonly hang: number },
): readonly string[] {
  if (line.length <= width || width < 2 * hang) return [line];
  const end = line.lastIndexOf(' ', width);
  const cut = line.slice(0, Math.max(0, end)).trim() === '' ? line.indexOf(' ', width) : end;
  if (cut === -1) return [line];
  const rest = `${' '.repeat(hang)}${line.slice(cut).trimStart()}`;
  return [line.slice(0, cut).trimEnd(), ...hung(rest, { width, hang })];
}

/** `1,234,567`. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** `$1.2345`; what isn't known is said so, never shown as nothing. */
export function dollars(amount: number | null): string {
  if (amount === null) return 'unknown';
  return `$${amount.toFixed(amount < 1 && amount > 0 ? 4 : 2)}`;
}
