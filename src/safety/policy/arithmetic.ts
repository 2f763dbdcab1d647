import type { ArithmeticExpansionPart, ArithmeticExpression } from 'unbash';
import type { Scope } from './scope.ts';
import { quoted, refuse } from './verdict.ts';

/**
 * Bash evaluates a variable in arithmetic as an expression, which may run commands: only numbers,
 * and variables that surely hold one, may stand in it.
 */
export function refuseArithmetic(
  scope: Scope,
  { expression, text }: Pick<ArithmeticExpansionPart, 'expression' | 'text'>,
): void {
  if (text.startsWith('$['))
    refuse('construct', `${quoted(text)} is an old form.`, 'Use $((...)).');
  if (expression === undefined || !isNumeric(scope, expression))
    refuse(
      'construct',
      `${quoted(text)} computes with more than numbers.`,
      'Compute with variables that were set to numbers before, or with node -e or python3 -c.',
    );
}

function isNumeric(scope: Scope, node: ArithmeticExpression): boolean {
  switch (node.type) {
    case 'ArithmeticWord':
      return isNumber(scope, node.value.trim());
    case 'ArithmeticGroup':
      return isNumeric(scope, node.expression);
    case 'ArithmeticUnary':
      return isNumeric(scope, node.operand);
    case 'ArithmeticBinary':
      return isNumeric(scope, node.left) && isNumeric(scope, node.right);
    case 'ArithmeticTernary':
      return [node.test, node.consequent, node.alternate].every((one) => isNumeric(scope, one));
    case 'ArithmeticCommandExpansion':
      return false;
  }
}

function isNumber(scope: Scope, text: string): boolean {
  if (/^\d+$/u.test(text)) return true;
  const name = /^\$?(?:(\w+)|\{(\w+)\})$/u.exec(text);
  return name !== null && holdsNumber(scope, name[1] ?? name[2] ?? '');
}

/** Whether every value that a script gives a variable is a number, and it surely has one. */
export function holdsNumber(scope: Scope, name: string): boolean {
  const sources = scope.survey.variables.get(name);
  if (sources === undefined || !scope.settled.has(name)) return false;
  return sources.every(
    (source) =>
      source.kind === 'number' || (source.kind === 'word' && isNumberWord(source.word.text)),
  );
}

function isNumberWord(text: string): boolean {
  return /^\d+$/u.test(text) || /^"?\$\(\([^()$`[\]]*\)\)"?$/u.test(text);
}
