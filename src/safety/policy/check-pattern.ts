import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';

/** grep and rg: the first operand is the pattern, unless an option gave one; the rest are files. */
export function patternCheck(call: Call): void {
  const given = call.options.some(({ name }) =>
    ['-e', '--regexp', '-f', '--file', '--files', '--type-list'].includes(name),
  );
  for (const file of given ? call.operands : call.operands.slice(1)) judgeWord(call, file, 'read');
}
