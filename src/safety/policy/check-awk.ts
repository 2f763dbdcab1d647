import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { awkFault } from './awk-program.ts';
import { quoted, refuse } from './verdict.ts';
import { literalOf } from './word.ts';

/** awk: no program that runs commands or opens files; `name=value` operands set variables. */
export function awkCheck(call: Call): void {
  const [first, ...rest] = call.operands;
  const program = first === undefined ? null : literalOf(first);
  if (program === null)
    return refuse(
      'argument',
      'What the awk program becomes is not known.',
      "Write it in '...', and pass values with -v.",
    );
  const fault = awkFault(program);
  if (fault !== null)
    refuse(
      'argument',
      `In the awk program ${quoted(program)}: ${fault}.`,
      'Use grep, cut, sort or sed, or node -e.',
    );
  for (const word of rest) {
    const value = /^[A-Za-z_]\w*=/u.test(literalOf(word) ?? '');
    if (!value) judgeWord(call, word, 'read');
  }
}
