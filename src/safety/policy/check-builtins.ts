import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { resolved, within } from './jail.ts';
import type { Ways } from './state.ts';
import { refuseVariable } from './variables.ts';
import { quoted, refuse } from './verdict.ts';
import { leadOf, literalOf, staysOne, valuesOf, type Word } from './word.ts';

/** cd: stays inside, and the policy follows it. */
export function cdCheck(call: Call): Ways {
  const { state, place, operands } = call;
  const [to, ...more] = operands;
  if (to === undefined || more.length > 0 || leadOf(to).startsWith('~'))
    refuse('path', 'cd by itself leaves the project.', 'Name a folder of the project.');
  if (literalOf(to) !== '-') judgeWord(call, to, 'read');
  const folders = foldersOf(call, to);
  for (const folder of folders ?? [])
    if (!within([place.workspace, ...place.scratch, ...place.readable], folder))
      refuse(
        'path',
        `cd ${quoted(to.source)} leaves the project.`,
        'Name a folder of the project.',
      );
  return { done: { ...state, folders }, failed: state };
}

/** Where cd leads to; null: not known beforehand. */
function foldersOf({ state, place }: Call, to: Word): readonly string[] | null {
  const values = valuesOf(to);
  if (values === null || state.folders === null || literalOf(to) === '-') return null;
  const all = state.folders.flatMap((from) => values.map((value) => resolved(place, from, value)));
  return [...new Set(all)];
}

/** export, readonly, declare: plain names, and values that are judged already. */
export function declareCheck({ operands }: Call): void {
  for (const word of operands) {
    const name = /^([A-Za-z_]\w*)(?:=|$)/u.exec(literalOf(word) ?? leadOf(word))?.[1];
    if (name === undefined || (literalOf(word) === null && !leadOf(word).includes('=')))
      return refuse('assignment', `${quoted(word.source)} is no plain name.`, 'Write NAME=value.');
    refuseVariable(name);
  }
}

/** read, unset: plain names. */
export function namesCheck({ operands }: Call): void {
  for (const word of operands) {
    const name = literalOf(word) ?? '';
    if (!/^[A-Za-z_]\w*$/u.test(name))
      refuse('assignment', `${quoted(word.source)} is no plain name.`, 'Name a variable.');
    refuseVariable(name);
  }
}

const BINARY: ReadonlySet<string> = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
]);
const UNARY = /^-[abcdefghkLnoOprsStuwxzGN]$/u;
const JOINING: ReadonlySet<string> = new Set(['-a', '-o', '!', '(', ')']);

/**
 * test and [: `-v` and `-R` evaluate a subscript. A word that is not known beforehand may not stand
 * where it could become an operator.
 */
export function testCheck(call: Call): void {
  const words = call.name === '[' ? closed(call.words) : call.words;
  for (const [at, word] of words.entries()) {
    const text = literalOf(word);
    if (text === '-v' || text === '-R')
      refuse('construct', `test ${text} evaluates its word.`, 'Use [ -n "${name-}" ].');
    if (text === null && !isOperand(words, at, word))
      refuse(
        'argument',
        `${quoted(word.source)} may become an operator of test.`,
        'Quote it: [ -n "$name" ].',
      );
  }
}

function closed(words: readonly Word[]): readonly Word[] {
  const last = words.at(-1);
  if (last === undefined || literalOf(last) !== ']')
    refuse('syntax', '[ lacks its ].', 'Close it.');
  return words.slice(0, -1);
}

function isOperand(words: readonly Word[], at: number, word: Word): boolean {
  if (!staysOne(word)) return false;
  if (leadOf(word) !== '' && !/^[-!()=<>]/u.test(leadOf(word))) return true;
  return standsAsOperand(words, at);
}

/** Its neighbours leave it no other meaning. */
function standsAsOperand(words: readonly Word[], at: number): boolean {
  const before = textAt(words, at - 1);
  if (BINARY.has(textAt(words, at + 1)) || BINARY.has(before)) return true;
  if (words.length === 1 || (words.length === 2 && before === '!')) return true;
  return UNARY.test(before) && (at < 2 || JOINING.has(textAt(words, at - 2)));
}

function textAt(words: readonly Word[], at: number): string {
  const word = words[at];
  return word === undefined ? '' : (literalOf(word) ?? '');
}

/** printf -v evaluates a subscript; a format may not become an option. */
export function printfCheck({ words }: Call): void {
  const [first] = words;
  if (
    first !== undefined &&
    (leadOf(first) === '' || leadOf(first).startsWith('-')) &&
    literalOf(first) !== '--' &&
    literalOf(first) !== ''
  )
    refuse(
      'argument',
      `${quoted(first.source)} may become an option of printf.`,
      "Begin with a format: printf '%s\\n'.",
    );
}

const SETTINGS = /^[-+][euxf]+$|^[-+][eux]*o$/u;

/** set: only how to go on after an error, and tracing. */
export function setCheck({ words }: Call): void {
  for (const word of words) {
    const text = literalOf(word) ?? '';
    if (!SETTINGS.test(text) && !/^(?:pipefail|errexit|nounset|xtrace|noglob)$/u.test(text))
      refuse(
        'command',
        `set ${quoted(word.source)} changes the shell.`,
        'Use set -e, -u, -x or -o pipefail.',
      );
  }
}

/** kill: processes by number, or jobs. */
export function killCheck({ words }: Call): void {
  for (const word of words) {
    const text = literalOf(word);
    const fine =
      text === null
        ? word.pieces.every((piece) => piece.kind === 'gap')
        : /^(?:-\d{1,2}|-[A-Z]{3,9}\d?|-s|-l|--|SIG[A-Z]+|[A-Z]{3,9}|[1-9]\d*|%\w+|%%|%\+|%-)$/u.test(
            text,
          ) && text !== '-1';
    if (!fine)
      refuse(
        'argument',
        `kill ${quoted(word.source)} names no process.`,
        'Name it by its number, or as %1.',
      );
  }
}
