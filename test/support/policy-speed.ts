import { judged } from '../safety/policy/a-policy.ts';

/** Milliseconds of this thread's own time: what others do on the machine doesn't count. */
export function spent(command: string): number {
  const before = process.threadCpuUsage();
  judged(command);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** The least of several: what the collector or the compiler takes in between doesn't count. */
export const least = (command: string): number =>
  Math.min(...Array.from({ length: 5 }, () => spent(command)));

export const ORDINARY = [
  'npm test 2>&1 | tail -20',
  'cd packages/web && npm run build && cd ..',
  'git commit -m "$(cat <<\'EOF\'\nAdd a\n\nBecause b.\nEOF\n)"',
  'for f in src/*.ts; do wc -l "$f"; done',
  "find . -name '*.ts' -not -path './node_modules/*' | xargs grep -n TODO",
  "sed -n '10,20p' src/a.ts && cat README.md | head -5",
];

export const PIECES = [
  '$(',
  '`',
  '"$(',
  '((',
  '{',
  '[',
  '<<A\n',
  'a=',
  '$a',
  '${a:-',
  'a|',
  'a;',
  '*',
  '{a,b}',
  '\\',
  "'",

  '"',
  '$((',
  'if ',
  'case ',
  'while ',
  'echo a && ',
  '(',
  'x=$x$x ; ',
  '!',
  'ls > a ',
  '[[ a ',
  '../',

  'ls {a,b}{a,b}{a,b}{a,b}{a,b}{a,b} ',
  'for x in a;do cd $x; ',
  'ls <<A\n$(pwd)\nA\n',
  '"$(pwd)"',
  '<(',

  'rm a/b/c ',
  'touch a ',
  'cd a && ',
  'x=(a b) ',
  '${a[',
  '$[',
  '@(',
  "$'",
  '~/',
  'sed s/a/b/ ',
  '# ',
];

const SIZE = 16_000;
const filled = (piece: string): string => piece.repeat(Math.floor(SIZE / piece.length));

/** A hostile text of 16 KB in three places of a command line. */
export const hostile = (piece: string): readonly string[] => [
  filled(piece),
  `ls ${filled(piece)}`,
  `echo "${filled(piece)}"`,
];
