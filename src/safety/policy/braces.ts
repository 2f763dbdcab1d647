import { gap } from './scope.ts';
import { quoted, refuse } from './verdict.ts';
import type { Piece } from './word.ts';

/** What `{a,b}` or `{1..3}` becomes: for each word its piece. Nested ones are refused. */
export function braced(text: string): readonly (readonly Piece[])[] {
  const inner = /^\{([^{}'"\\$`\s]*)\}$/u.exec(text)?.[1];
  if (inner === undefined)
    refuse(
      'construct',
      `The policy does not follow ${quoted(text)}.`,
      'Name the words one by one.',
    );
  if (inner.includes(',')) return inner.split(',').map(element);
  if (/^-?\w+\.\.-?\w+(?:\.\.-?\d+)?$/u.test(inner)) return [[gap('number', false)]];
  return refuse('construct', `The policy does not follow ${quoted(text)}.`, 'Quote it.');
}

/** Patterns come after braces. */
function element(text: string): readonly Piece[] {
  const at = text.search(/[*?[]/u);
  if (at < 0) return [{ kind: 'text', text }];
  const tail = text.slice(at).replaceAll(/[^/.]/gu, '');
  return [
    { kind: 'text', text: text.slice(0, at) },
    gap('files', true),
    { kind: 'text', text: tail },
  ];
}
