import type { Word as SyntaxWord } from 'unbash';
import { holdsNumber } from './arithmetic.ts';
import { gap, type Scope } from './scope.ts';
import type { Source } from './survey.ts';
import { refuse } from './verdict.ts';
import { gapsOf, valuesOf, type Gap, type Piece, type Word } from './word.ts';

/** Parameters that bash fills with digits. */
const NUMBERS: ReadonlySet<string> = new Set([
  '?',
  '#',
  '$',
  '!',
  'RANDOM',
  'SRANDOM',
  'SECONDS',
  'LINENO',
  'UID',
  'EUID',
  'PPID',
]);

/** What bash, split by blanks, or patterns would make of a value outside of quotes. */
const SPLIT = /^$|[\s*?[\]\\]/u;

/** Reads the words that variables are set to. */
type Read = (scope: Scope, word: SyntaxWord) => readonly Word[];

interface Reading {
  readonly scope: Scope;
  readonly read: Read;
}

/** What a variable becomes. */
export function variableGap(reading: Reading, name: string, inQuotes: boolean): Piece {
  const { scope } = reading;
  scope.lookups.left -= 1;
  if (scope.lookups.left < 0)
    refuse('size', 'Too many variables depend on each other.', 'Write their values out.');
  if (NUMBERS.has(name)) return gap('number', false);
  if (!/^[A-Za-z_]\w*$/u.test(name)) return gap('data', !inQuotes || name === '@');
  const sources = scope.survey.variables.get(name);
  if (sources === undefined) return gap(scope.outside, !inQuotes);
  if (sources.every(({ kind }) => kind === 'number')) return gap('number', false);
  // A circle of variables is known by none of its members.
  if (scope.asking.has(name)) return gap('data', !inQuotes);
  return lookUp(reading, { name, sources }, inQuotes);
}

interface Variable {
  readonly name: string;
  readonly sources: readonly Source[];
}

function lookUp({ scope, read }: Reading, { name, sources }: Variable, inQuotes: boolean): Piece {
  const asking = new Set([...scope.asking, name]);
  const inner = { ...scope, asking, substitute: () => {} };
  const words = sources.map((source) => (source.kind === 'word' ? read(inner, source.word) : null));
  const from = originOf(words);
  const values = scope.settled.has(name) ? allValues(words) : null;
  if (values === null || (!inQuotes && values.some((value) => SPLIT.test(value))))
    return holdsNumber(scope, name) ? gap('number', false) : gap(from, !inQuotes);
  const [only, ...more] = values;
  return only !== undefined && more.length === 0
    ? { kind: 'text', text: only }
    : { kind: 'gap', from, splits: !inQuotes, values };
}

/** Null: anything. */
function originOf(words: readonly (readonly Word[] | null)[]): Gap['from'] {
  const gaps = words.flatMap((some) => some?.flatMap(gapsOf) ?? [gap('data', true)]);
  return gaps.every(({ from }) => from === 'environment' || from === 'number')
    ? 'environment'
    : 'data';
}

function allValues(words: readonly (readonly Word[] | null)[]): readonly string[] | null {
  const values = words.flatMap((some) => some?.map(valuesOf) ?? [null]);
  const certain = values.filter((one) => one !== null);
  return certain.length === values.length ? [...new Set(certain.flat())] : null;
}
