import { messageOf } from '../../domain/errors.ts';

/** `line:column` where a text stops being JSON, given the parser's error about it. */
export function placeOfFault(text: string, error: unknown): string {
  const before = text.slice(0, offsetOfFault(text, messageOf(error)));
  const line = before.split('\n').length;
  return `${line}:${before.length - before.lastIndexOf('\n')}`;
}

/** The parser states the place, except for a token that it did not expect. */
function offsetOfFault(text: string, message: string): number {
  const stated = /at position (\d+)/.exec(message)?.[1];
  return stated === undefined ? offsetOfWrongToken(text) : Number(stated);
}

function offsetOfWrongToken(text: string): number {
  const token = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|[[\]{},:]|$)/y;
  let before = ',';
  for (;;) {
    const start = token.lastIndex;
    const word = token.exec(text)?.[1];
    if (word === undefined) return start + (/\S/.exec(text.slice(start))?.index ?? 0);
    if (word === '') return text.length;
    if (isWrong(before, word)) return token.lastIndex - word.length;
    before = word;
  }
}

function isWrong(before: string, word: string): boolean {
  if (/^[-+.\w]/.test(word))
    return !/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(word);
  const valueDue = before === ',' || before === ':' || before === '[';
  return valueDue && /^[,:\]}]$/.test(word) && !(before === '[' && word === ']');
}
