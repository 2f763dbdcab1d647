import type { Call } from './spec.ts';
import { quoted, refuse } from './verdict.ts';
import { literalOf } from './word.ts';

/** Programs of development that an agent may end by name. */
const ENDABLE: readonly string[] = ['node', 'npm', 'npx', 'vite', 'next'];

/** pkill takes one pattern, whose first word is a program of development. */
export function pkillCheck({ operands }: Call): void {
  const [pattern, ...more] = operands;
  const text = pattern === undefined ? null : literalOf(pattern);
  const program = text?.split(/\s+/u, 1)[0] ?? '';
  // A pattern is a regular expression: only plain text names one program.
  const plain = text !== null && /^[\w ./:=@-]+$/u.test(text);
  if (!plain || more.length > 0 || !ENDABLE.includes(program))
    refuse(
      'argument',
      `pkill may not end ${quoted(pattern?.source ?? 'everything')}.`,
      `Name one program of ${ENDABLE.join(', ')}, or kill a process by its number.`,
    );
}
