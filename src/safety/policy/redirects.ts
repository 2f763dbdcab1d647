import type { Redirection } from 'unbash';
import { refuseText, type Where } from './jail.ts';
import { readBody, readOne, readWord } from './read-word.ts';
import type { Scope } from './scope.ts';
import { quoted, refuse } from './verdict.ts';
import { valuesOf } from './word.ts';

interface Connecting {
  readonly scope: Scope;
  readonly where: Where;
  readonly posix: boolean;
  readonly within: 'script' | 'substitution';
}

/** Judges what a command reads from or writes to. */
export function judgeRedirect(how: Connecting, redirect: Redirection): void {
  if (redirect.type === 'HereDoc') return readBody(how.scope, redirect);
  const { target, operator } = redirect;
  if (target === undefined)
    return refuse('syntax', 'A redirection has no target.', 'Name its file.');
  if (operator === '<<<') {
    readWord(how.scope, target);
    return;
  }
  const word = readOne(how.scope, target);
  const values = valuesOf(word);
  if (values === null || values.length === 0)
    return refuse(
      'redirect',
      `Where ${operator} ${quoted(word.source)} leads is not known beforehand.`,
      'Redirect to a file that you name, inside the project or /tmp.',
    );
  for (const value of values) judgeTarget(how, operator, value);
}

function judgeTarget(how: Connecting, operator: string, target: string): void {
  const copies = operator === '>&' || operator === '<&';
  if (copies && /^(?:\d{1,2}-?|-)$/u.test(target)) return;
  if (target === '') refuse('redirect', 'A redirection names an empty file.', 'Name its file.');
  refuseOperator(how, operator);
  const writes = operator !== '<';
  if (writes && how.within === 'substitution' && target !== '/dev/null')
    refuse('substitution', 'Nothing may be written inside $( ).', 'Run it by itself.');
  refuseText(how.where, target, writes ? 'write' : 'read');
}

function refuseOperator({ posix }: Connecting, operator: string): void {
  if (operator === '<>' || operator === '<&')
    refuse('redirect', `The policy does not follow ${operator}.`, 'Use < or >.');
  if (posix && operator.includes('&'))
    refuse('redirect', `sh reads ${operator} as something else.`, 'Use >FILE 2>&1.');
}
