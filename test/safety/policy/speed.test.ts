import { expect, test } from 'vitest';
import { judged } from './a-policy.ts';

/** Milliseconds of this thread's own time: what others do on the machine doesn't count. */
function spent(command: string): number {
  const before = process.threadCpuUsage();
  judged(command);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** The least of several: what the collector or the compiler takes in between doesn't count. */
const least = (command: string): number =>
  Math.min(...Array.from({ length: 5 }, () => spent(command)));

const ORDINARY = [
  'npm test 2>&1 | tail -20',
  'cd packages/web && npm run build && cd ..',
  'git commit -m "$(cat <<\'EOF\'\nAdd a\n\nBecause b.\nEOF\n)"',
  'for f in src/*.ts; do wc -l "$f"; done',
  "find . -name '*.ts' -not -path './node_modules/*' | xargs grep -n TODO",
  "sed -n '10,20p' src/a.ts && cat README.md | head -5",
];

const PIECES = [
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

test('ordinary commands are judged in under 5 ms, 99 of 100 times', () => {
  for (const command of ORDINARY) least(command);
  const times = Array.from({ length: 100 }, () => ORDINARY.map(spent)).flat();
  const slow = times.filter((ms) => ms >= 5).length;
  expect(slow / times.length).toBeLessThanOrEqual(0.01);
});

test.each(PIECES)('16 KB of %j is judged in under 50 ms', (piece) => {
  for (const command of [filled(piece), `ls ${filled(piece)}`, `echo "${filled(piece)}"`])
    expect([least(command) < 50, command.slice(0, 20)]).toEqual([true, command.slice(0, 20)]);
});

test('values that double with each variable are not followed for ever', () => {
  const names = Array.from({ length: 150 }, (_, at) => `x${at + 1}="$x${at}$x${at}";`);
  const chain = `x0=a;${names.join('')}rm $x150`;
  expect(judged(chain)).toMatchObject({ decision: 'deny', rule: 'size' });
  expect(least(chain)).toBeLessThan(50);
});

test('loops that change the folder are not followed for ever', () => {
  const loops = Array.from({ length: 50 }, (_, at) => `while ls; do cd d${at} && `).join('');
  const command = `${loops}ls; ${'done; '.repeat(50)}`;
  expect(judged(command).decision).toBe('deny');
  expect(least(command)).toBeLessThan(50);
});
