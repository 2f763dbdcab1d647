import type {
  CommandExpansionPart,
  GlobPart,
  HereDoc,
  ParameterExpansionPart,
  Word as SyntaxWord,
  WordPart,
} from 'unbash';
import { refuseArithmetic } from './arithmetic.ts';
import { braced } from './braces.ts';
import { refuseMeaning } from './plain-text.ts';
import { gap, type Scope } from './scope.ts';
import { variableGap } from './variable-gap.ts';
import { quoted, refuse } from './verdict.ts';
import { gapsOf, type Piece, type Word } from './word.ts';

/** Most words that one may become by its braces. */
const MAX_WORDS = 64;

/** The words that one becomes: one, or several by braces. Judges what runs inside of it. */
export function readWord(
  scope: Scope,
  word: SyntaxWord,
  bare: 'unquoted' | 'pattern' = 'unquoted',
): readonly Word[] {
  const parts = word.parts;
  if (parts === undefined) {
    refuseMeaning(word.text, bare);
    return [plain(word.value, word.text)];
  }
  let made: Piece[][] = [[]];
  for (const part of parts) {
    if (part.type === 'BraceExpansion') made = multiplied(scope, made, braced(part.text));
    else {
      if (part.type === 'Literal') refuseMeaning(part.text, bare);
      const pieces = piecesOf(scope, part);
      for (const head of made) head.push(...pieces);
    }
  }
  return made.map((pieces) => ({ pieces: joined(pieces), source: word.text }));
}

function multiplied(
  scope: Scope,
  heads: readonly (readonly Piece[])[],
  tails: readonly (readonly Piece[])[],
): Piece[][] {
  const count = heads.length * tails.length;
  scope.lookups.left -= count;
  if (count > MAX_WORDS || scope.lookups.left < 0)
    refuse('size', 'Braces make too many words.', 'Use fewer of them.');
  return heads.flatMap((head) => tails.map((tail) => head.concat(tail)));
}

/** A word that may not become several. */
export function readOne(scope: Scope, word: SyntaxWord): Word {
  const [one, ...more] = readWord(scope, word);
  if (one === undefined || more.length > 0)
    refuse('argument', `${quoted(word.text)} becomes several words.`, 'Name one.');
  return one;
}

/** Judges what runs inside of a text that is fed to a command. */
export function readBody(scope: Scope, { body, delimiter }: HereDoc): void {
  if (delimiter?.quoted !== true && body.parts === undefined) refuseMeaning(body.text, 'quotes');
  for (const part of body.parts ?? []) pieceOf(scope, part, true);
}

function plain(value: string, source: string): Word {
  return { pieces: [{ kind: 'text', text: value }], source };
}

function piecesOf(scope: Scope, part: WordPart): readonly Piece[] {
  return part.type === 'DoubleQuoted'
    ? part.parts.map((inner) => pieceOf(scope, inner, true))
    : [pieceOf(scope, part, false)];
}

function pieceOf(scope: Scope, part: WordPart, inQuotes: boolean): Piece {
  if (part.type === 'Literal' && inQuotes) refuseMeaning(part.text, 'quotes');
  if ('value' in part && part.type !== 'Glob') return { kind: 'text', text: visible(part.value) };
  if (part.type === 'Glob') return pattern(scope, part);
  if (part.type === 'SimpleExpansion')
    return variableGap({ scope, read: readWord }, part.text.slice(1), inQuotes);
  if (part.type === 'ParameterExpansion') return parameter(scope, part, inQuotes);
  if (part.type === 'CommandExpansion') return substitution(scope, part, inQuotes);
  if (part.type !== 'ArithmeticExpansion')
    return refuse('construct', `The policy does not follow ${quoted(part.text)}.`, 'Quote it.');
  refuseArithmetic(scope, part);
  return gap('number', false);
}

/** What stands between [ and ] may run commands too. */
function pattern(scope: Scope, part: GlobPart): Piece {
  for (const inner of part.parts ?? []) piecesOf(scope, inner);
  return gap('files', true);
}

function visible(value: string): string {
  if (value.includes('\0')) refuse('characters', 'A word holds a NUL character.', 'Leave it out.');
  return value;
}

function substitution(scope: Scope, part: CommandExpansionPart, inQuotes: boolean): Piece {
  const { script, text } = part;
  if (script === undefined || text.startsWith('${'))
    refuse('construct', `The policy does not follow ${quoted(text)}.`, 'Use $(command).');
  scope.substitute(script);
  return gap('output', !inQuotes);
}

function parameter(scope: Scope, part: ParameterExpansionPart, inQuotes: boolean): Piece {
  const { index, operation } = part;
  refuseComputed(part);
  operands(scope, part);
  if (part.prefix === '#') return gap('number', false);
  const base =
    index === undefined
      ? variableGap({ scope, read: readWord }, part.parameter, inQuotes)
      : gap('data', true);
  if (operation === undefined) return base;
  const fromOutside = base.kind === 'gap' && base.from === 'environment';
  return gap(
    fromOutside && !hasData(scope, part) ? 'environment' : 'data',
    !inQuotes || index !== undefined,
  );
}

function refuseComputed({ prefix, index, text }: ParameterExpansionPart): void {
  if (prefix === '!')
    refuse('construct', `${quoted(text)} names its variable indirectly.`, 'Name it.');
  if (index !== undefined && !/^(?:[@*]|\d+)$/u.test(index.text))
    refuse('construct', `The subscript of ${quoted(text)} is computed.`, 'Use a number.');
}

/** Judges the words inside of ${name...word}. */
function operands(scope: Scope, { operation, text }: ParameterExpansionPart): void {
  if (operation === undefined) return;
  if (operation.type === 'Default' && operation.operator.includes('='))
    refuse('construct', `${quoted(text)} assigns.`, 'Assign with name=value.');
  if (operation.type === 'Slice') {
    for (const bound of [operation.offset, operation.length])
      if (bound !== undefined && !/^\s*-?\d+$/u.test(bound.text))
        refuse('construct', `The bounds of ${quoted(text)} are computed.`, 'Use numbers.');
    return;
  }
  for (const word of wordsOf(operation)) readWord(scope, word);
}

function wordsOf(operation: NonNullable<ParameterExpansionPart['operation']>): SyntaxWord[] {
  if (operation.type === 'Default' || operation.type === 'Remove') return [operation.operand];
  if (operation.type === 'Replace') return [operation.pattern, operation.replacement];
  if (operation.type === 'CaseModification')
    return operation.operand === undefined ? [] : [operation.operand];
  return [];
}

function hasData(scope: Scope, { operation }: ParameterExpansionPart): boolean {
  if (operation === undefined || operation.type === 'Slice') return false;
  return wordsOf(operation)
    .flatMap((word) => readWord(scope, word))
    .flatMap(gapsOf)
    .some((one) => one.from === 'data' || one.from === 'output');
}

/** Neighbouring texts as one, so that a word's beginning is in its first piece. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text')
      merged[merged.length - 1] = { kind: 'text', text: last.text + piece.text };
    else merged.push(piece);
  }
  return merged;
}
