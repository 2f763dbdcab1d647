import { parse } from 'unbash';
import type { ParsedScript } from 'unbash';
import { refuse } from './verdict.ts';

/** Characters of a command line at most; more is a file. */
const MAX_SIZE = 16_384;

/**
 * What people can't see or a terminal acts on: control characters but tab and newline, blanks that
 * bash takes for letters, direction marks, characters without width, tags.
 */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\u00A0\u00AD\u1680\u180E\u2000-\u200F\u202A-\u202F\u205F-\u2064\u2066-\u206F\u3000\uFEFF\u{E0000}-\u{E007F}]/gu;

/** Reads a command line as bash does. Refuses what is too long, has hidden characters, or errors. */
export function parseScript(source: string): ParsedScript {
  if (Buffer.byteLength(source) > MAX_SIZE)
    refuse(
      'size',
      `The command is longer than ${MAX_SIZE} bytes.`,
      'Write long texts with the Write tool, then name the file.',
    );
  if (hasUnseen(source))
    refuse(
      'characters',
      'The command holds characters that are not visible.',
      'Type it again in plain characters; write files with the Write tool.',
    );
  const script = parse(source);
  refuseErrors(script);
  return script;
}

/** A part of a script tells of its own errors. */
export function refuseErrors(script: ParsedScript): void {
  const [error] = script.errors ?? [];
  if (error !== undefined)
    refuse(
      'syntax',
      `The command can't be read as bash (${error.message}).`,
      'Check its quotes and brackets, or split it into simple commands.',
    );
}

function hasUnseen(source: string): boolean {
  // A lone surrogate has no meaning that two programs would agree on.
  if (!source.isWellFormed()) return true;
  for (const [character] of source.matchAll(UNSEEN))
    if (character !== '\n' && character !== '\t') return true;
  return false;
}
