import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { readSedScript } from './sed-script.ts';
import { quoted, refuse } from './verdict.ts';
import { gapsOf, literalOf, staysOne, type Word } from './word.ts';

/** sed: no script that runs commands or writes files; the rest are files. */
export function sedCheck(call: Call): void {
  const scripts = call.options
    .filter(({ name }) => name === '-e' || name === '--expression')
    .map(({ value }) => value)
    .filter((value) => value !== null);
  const [first, ...rest] = call.operands;
  const files = scripts.length > 0 ? call.operands : rest;
  if (scripts.length === 0 && first !== undefined) scripts.push(first);
  refuseScript(scripts);
  const inPlace = call.options.filter(({ name }) => name === '-i' || name === '--in-place');
  for (const { value } of inPlace) refuseSuffix(value);
  for (const file of files) judgeWord(call, file, inPlace.length > 0 ? 'write' : 'read');
}

/** Several -e are one script with line ends between. */
function refuseScript(scripts: readonly Word[]): void {
  const text = scripts.map(textOf).join('\n');
  const fault = readSedScript(text);
  if (fault !== null)
    refuse(
      'argument',
      `In the sed script ${quoted(text)}: ${fault}.`,
      'Use the Edit tool, or s///, p and d.',
    );
}

/**
 * A variable that only the harness sets stands for a word without meaning; what an agent filled on
 * the way could end the script's command and begin another.
 */
function textOf(word: Word): string {
  const literal = literalOf(word);
  if (literal !== null) return literal;
  const harmless = gapsOf(word).every(({ from }) => from === 'environment' || from === 'number');
  if (!harmless || !staysOne(word))
    refuse(
      'argument',
      `What the sed script ${quoted(word.source)} becomes is not known.`,
      'Write its text out.',
    );
  return word.pieces.map((piece) => (piece.kind === 'text' ? piece.text : 'x')).join('');
}

function refuseSuffix(value: Word | null): void {
  const suffix = value === null ? '' : literalOf(value);
  if (suffix === null || /[/*]/u.test(suffix))
    refuse('option', 'The suffix of sed -i names another folder.', 'Use -i, or -i.bak.');
}
