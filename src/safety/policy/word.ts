/**
 * What becomes of a word when bash expands it: pieces that are known, and gaps that are not.
 */
export type Piece = { readonly kind: 'text'; readonly text: string } | Gap;

/** A part of a word that is filled when the command runs. */
export interface Gap {
  readonly kind: 'gap';
  /**
   * `environment`: a variable that only the harness sets; `data`: a variable filled on the way;
   * `files`: a pattern; `number`: digits.
   */
  readonly from: 'environment' | 'data' | 'output' | 'files' | 'number';
  /** Outside of quotes: may become several words, or none. */
  readonly splits: boolean;
  /** All it can be, where that is known. */
  readonly values: readonly string[] | null;
}

/** A word of a command line, before the shell fills it. */
export interface Word {
  readonly pieces: readonly Piece[];
  /** As it was written. */
  readonly source: string;
}

/** Most values a word may have before it counts as unknown. */
const MAX_VALUES = 64;

/** A word that is just this text. */
export function textWord(text: string): Word {
  return { pieces: [{ kind: 'text', text }], source: text };
}

/** The one text it becomes; null: not known beforehand. */
export function literalOf(word: Word): string | null {
  let text = '';
  for (const piece of word.pieces) {
    if (piece.kind === 'gap') return null;
    text += piece.text;
  }
  return text;
}

/** What is known of its beginning. */
export function leadOf(word: Word): string {
  let text = '';
  for (const piece of word.pieces) {
    if (piece.kind === 'gap') break;
    text += piece.text;
  }
  return text;
}

/** Everything it can become; null: not known. */
export function valuesOf(word: Word): readonly string[] | null {
  let values: readonly string[] = [''];
  for (const piece of word.pieces) {
    const next = piece.kind === 'text' ? [piece.text] : piece.values;
    if (next === null || values.length * next.length > MAX_VALUES) return null;
    values = values.flatMap((head) => next.map((tail) => head + tail));
  }
  return values;
}

/** Its parts that nobody knows. */
export function gapsOf(word: Word): readonly Gap[] {
  return word.pieces.filter((piece) => piece.kind === 'gap');
}

/** Whether it stays one word that is not taken for an option, whatever its gaps become. */
export function staysOperand(word: Word): boolean {
  const values = valuesOf(word);
  if (values !== null) return values.every((value) => !value.startsWith('-'));
  const lead = leadOf(word);
  return lead !== '' && !lead.startsWith('-') && staysOne(word);
}

/** Whether it stays one word, or several that begin alike. */
export function staysOne(word: Word): boolean {
  return gapsOf(word).every((gap) => !gap.splits || gap.values !== null || gap.from === 'files');
}

/** The rest of a word after its first characters, which must be known. */
export function dropLead(word: Word, length: number): Word {
  const [first, ...rest] = word.pieces;
  if (first?.kind !== 'text') return word;
  const text = first.text.slice(length);
  const pieces = text === '' ? rest : [{ kind: 'text' as const, text }, ...rest];
  // Text may be in several pieces; what is dropped ends within the first by construction.
  return { pieces, source: word.source.slice(length) };
}
