import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'words');

/** One entry a line, as it would be typed; `⏎` stands for a line's end and `⇥` for a tab. */
function entries(name: string): readonly string[] {
  const lines = readFileSync(join(FOLDER, `${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => line.replaceAll('⏎', '\n').replaceAll('⇥', '\t'));
}

/** Names that have a recording program in the oracle's box, wherever bash may look for one. */
export const RECORDED: readonly string[] =
  'ls cat echo grep git npm npx node true false printf test [ pwd evil other date basename curl rm cp mv python3 head tail wc : type sudo ssh touch mkdir kill sleep tee dirname vitest chmod'.split(
    ' ',
  );

/** Tools that may run others themselves: recorded, then really run. */
export const REAL: readonly string[] =
  'bash dash env nice nohup timeout xargs find sed awk sort tar'.split(' ');

/** Commands that the policy allows with ordinary words, and one that it does not know. */
export const NAMES = entries('names');

/** Names in clothes. */
export const SPELLINGS = entries('spellings');

export const PLAIN_WORDS = entries('words');

/** Frames that honest work is in; `@` is a command, `%` a list of them. */
export const HONEST_FRAMES = entries('honest-frames');

/** Compound commands of every kind. */
export const STATEMENTS = entries('statements');

/** Places where a command may hide. */
export const HIDING = entries('hiding');
