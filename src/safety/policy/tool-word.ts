import { refuseText, type Where } from './jail.ts';
import { refuse, quoted } from './verdict.ts';
import { leadOf, literalOf, valuesOf, type Word } from './word.ts';

/** Options whose value is the path of a page, not of a file. */
const PAGES =
  /^--?(?:base|base-?path|base-?url|public-?path|public-?url|route|prefix-?path|url)=/iu;

/**
 * A word of a tool whose options are not listed: whatever in it looks like a path may not lead
 * outside. What the tool makes of other words is its own affair, inside the box.
 */
export function refuseToolWord(where: Where, word: Word): void {
  const literal = literalOf(word);
  const values = literal === null ? (valuesOf(word) ?? [leadOf(word)]) : [literal];
  for (const value of values) refuseLooks(where, value);
  if (values.length > 0 && literal === null && word.pieces.slice(1).some(climbs))
    refuse('path', `${quoted(word.source)} may lead anywhere.`, 'Name the path.');
}

function climbs(piece: Word['pieces'][number]): boolean {
  return piece.kind === 'text' && /(?:^|\/)\.\.(?:\/|$)/u.test(piece.text);
}

function refuseLooks(where: Where, text: string): void {
  if (/\s/u.test(text) || PAGES.test(text)) return refuseFirst(where, text);
  if (/^(?:-[^=]*=)?file:/iu.test(text))
    refuse('path', `${quoted(text)} names a file as an address.`, 'Name it as a path.');
  if (/[a-z][\w+.-]*:\/\//iu.test(text)) return;
  for (const part of text.split(/[=,:@]/u)) refusePart(where, part);
}

/** Text with blanks is prose or code, unless it begins like a path. */
function refuseFirst(where: Where, text: string): void {
  if (/^(?:\/|~\/|\.\.\/)[\w./-]+$/u.test(text.trim())) refusePart(where, text.trim());
}

function refusePart(where: Where, part: string): void {
  const path = /^-\w(?=[/~])/u.test(part) ? part.slice(2) : part;
  const looks = /^(?:\/|~(?:$|[/a-z]))/iu.test(path) || path.split('/').includes('..');
  if (looks) refuseText(where, path, 'read');
}
