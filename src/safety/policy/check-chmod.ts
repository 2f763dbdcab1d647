import type { Call } from './spec.ts';
import { quoted, refuse } from './verdict.ts';
import { literalOf } from './word.ts';

/** chmod only makes files of the project executable. */
export function chmodCheck({ operands }: Call): void {
  const [mode, ...files] = operands;
  const text = mode === undefined ? null : literalOf(mode);
  if (text === null || !/^[ugoa]*\+x$/u.test(text) || files.length === 0)
    refuse(
      'argument',
      `chmod may only make files executable, not ${quoted(mode?.source ?? '')}.`,
      'Use chmod +x FILE.',
    );
}
