import { HIDING, HONEST_FRAMES, NAMES, PLAIN_WORDS, SPELLINGS, STATEMENTS } from './vocabulary.ts';
import type { Random } from './random.ts';

/** What a line is made of. */
interface Stuff {
  readonly names: readonly string[];
  readonly words: readonly string[];
  /** `@` stands for a command, `%` for a list of them. */
  readonly frames: readonly string[];
}

/** What the policy mostly allows: what lies between this and bash is where a reader may err. */
const HONEST: Stuff = { names: NAMES, words: PLAIN_WORDS, frames: HONEST_FRAMES };
const HOSTILE: Stuff = {
  names: [...NAMES, ...SPELLINGS],
  words: [...PLAIN_WORDS, ...HIDING],
  frames: [...HONEST_FRAMES, ...STATEMENTS, ...HIDING],
};

/** A line of shell, as honest or hostile as chance has it. */
export function generate(random: Random): string {
  const hostile = random.once(4);
  const line = list(random, hostile ? HOSTILE : HONEST, hostile ? 2 : 3);
  return random.once(2) ? mutated(random, line) : line;
}

const JOINS = [
  ' && ',
  ' || ',
  '; ',
  ' | ',
  '\n',
  ' & ',
  ' |& ',
  ';',
  '&&',
  ' &&\n',
  ' # note\n',
  ' \\\n | ',
] as const;

function list(random: Random, stuff: Stuff, depth: number): string {
  const count = 1 + random.number(3);
  const parts = Array.from({ length: count }, () => command(random, stuff, depth));
  return parts.reduce((left, right) => `${left}${random.pick(JOINS)}${right}`);
}

function command(random: Random, stuff: Stuff, depth: number): string {
  if (depth <= 0 || random.once(2)) return simple(random, stuff);
  const frame = random.pick(stuff.frames);
  return frame.replaceAll(/[@%]/gu, (mark) =>
    mark === '@' ? simple(random, stuff) : list(random, stuff, depth - 2),
  );
}

function simple(random: Random, { names, words }: Stuff): string {
  const some = Array.from({ length: random.number(4) }, () =>
    random.pick(words).replaceAll(/[@%]/gu, () => random.pick(names)),
  );
  return [random.pick(names), ...some].join(random.once(8) ? '\t' : ' ');
}

const NOISE = [
  '"',
  "'",
  '\\',
  '`',
  '$',
  '(',
  ')',
  '{',
  '}',
  ';',
  '&',
  '|',
  '<',
  '>',
  '\n',
  ' ',
  '#',
  '!',
  '$(',
  '${',
  '<<E\n',
  "$'",
  '$"',
  '[[',
  '((',
  '\\\n',
  '~',
  '*',
  '=',
  '[',
  ']',
  'evil',
  '\nE\n',
] as const;

/** Something left out, put in, doubled or put elsewhere. */
export function mutated(random: Random, line: string): string {
  const at = random.number(line.length + 1);
  const to = at + random.number(Math.min(6, line.length - at + 1));
  const [head, middle, tail] = [line.slice(0, at), line.slice(at, to), line.slice(to)];
  return random.pick([
    head + tail,
    head + random.pick(NOISE) + middle + tail,
    head + random.pick(NOISE) + middle + random.pick(NOISE) + tail,
    head + middle + middle + tail,
    tail + middle + head,
  ]);
}
