import { expect, test } from 'vitest';
import { hostile, least, ORDINARY, PIECES, spent } from '../../support/policy-speed.ts';
import { judged } from './a-policy.ts';

test('ordinary commands are judged in under 5 ms, 99 of 100 times', () => {
  for (const command of ORDINARY) least(command);
  const times = Array.from({ length: 100 }, () => ORDINARY.map(spent)).flat();
  const slow = times.filter((ms) => ms >= 5).length;
  expect(slow / times.length).toBeLessThanOrEqual(0.01);
});

test.each(PIECES)('16 KB of %j is judged in under 50 ms', (piece) => {
  for (const command of hostile(piece))
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
