import type { TestExpression, Word as SyntaxWord } from 'unbash';
import { holdsNumber } from './arithmetic.ts';
import { readWord } from './read-word.ts';
import type { Scope } from './scope.ts';
import { quoted, refuse } from './verdict.ts';

/** These evaluate their words as arithmetic. */
const COUNTING: ReadonlySet<string> = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);

/** These evaluate the subscript of a name. */
const NAMING: ReadonlySet<string> = new Set(['-v', '-R']);

type Binary = Extract<TestExpression, { type: 'TestBinary' }>;

/** Refuses what `[[ ]]` would evaluate as more than text; judges what runs inside of its words. */
export function refuseTest(scope: Scope, node: TestExpression): void {
  switch (node.type) {
    case 'TestLogical':
      for (const operand of node.operands) refuseTest(scope, operand);
      return;
    case 'TestNot':
      return refuseTest(scope, node.operand);
    case 'TestGroup':
      return refuseTest(scope, node.expression);
    case 'TestUnary':
      if (NAMING.has(node.operator))
        refuse(
          'construct',
          `[[ ${node.operator} ]] evaluates its word.`,
          'Use [[ -n "${name-}" ]].',
        );
      readWord(scope, node.operand);
      return;
    case 'TestBinary':
      return compare(scope, node);
  }
}

function compare(scope: Scope, { operator, left, right }: Binary): void {
  readWord(scope, left);
  readWord(scope, right, operator === '=~' ? 'pattern' : 'unquoted');
  if (!COUNTING.has(operator)) return;
  refuseCount(scope, left);
  refuseCount(scope, right);
}

function refuseCount(scope: Scope, word: SyntaxWord): void {
  const name = /^"?\$\{?(\w+|[?#$!])\}?"?$/u.exec(word.text)?.[1];
  const counts = /^-?\d+$/u.test(word.value) || (name !== undefined && isCount(scope, name));
  if (!counts)
    refuse(
      'construct',
      `[[ ]] evaluates ${quoted(word.text)} as arithmetic.`,
      'Compare numbers with [ "$a" -eq 1 ].',
    );
}

function isCount(scope: Scope, name: string): boolean {
  return /^[?#$!]$/u.test(name) || holdsNumber(scope, name);
}
