import { expect, test } from 'vitest';
import { shareOf, sortedParts } from '../../dashboard/src/show/cost.ts';
import { ago, duration, money, tokens, words, workTime } from '../../dashboard/src/show/format.ts';
import { partsOf } from '../../dashboard/src/show/said.ts';

test('I5 an unknown cost is never shown as zero', () => {
  expect(money(null)).toBe('unknown');
  expect([0, 0.0042, 1.5, 1234.567].map(money)).toEqual(['$0.00', '$0.0042', '$1.50', '$1,234.57']);
});

test('I5 an unknown cost stands before all others', () => {
  const usage = { input_tokens: 1, output_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0 };
  const parts = [0.5, null, 2].map((cost, index) => ({
    name: String(index),
    usage: { ...usage, cost_usd: cost },
  }));
  expect(sortedParts(parts).map(({ name }) => name)).toEqual(['1', '2', '0']);
});

test('shares stay between nothing and all', () => {
  expect([shareOf(1, 4), shareOf(9, 3), shareOf(1, 0)]).toEqual([25, 100, 0]);
});

test('tokens, times and names are short', () => {
  expect([0, 999, 1000, 12_345, 999_949, 4_100_000].map(tokens)).toEqual([
    '0',
    '999',
    '1k',
    '12.3k',
    '1000k',
    '4.1M',
  ]);
  expect([-5, 42_000, 187_000, 7_500_000, 360_000_000].map(duration)).toEqual([
    '0s',
    '42s',
    '3m 07s',
    '2h 05m',
    '4d 4h',
  ]);
  expect(words('task_breakdown')).toBe('Task breakdown');
});

test('times of long ago become dates', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const at = [
    '2026-03-01T11:59:50Z',
    '2026-03-01T11:30:00Z',
    '2026-03-01T02:00:00Z',
    '2026-02-01T00:00:00Z',
  ];
  expect(at.map((one) => ago(one, now))).toEqual([
    'just now',
    '30 min ago',
    '10 h ago',
    '2026-02-01',
  ]);
});

test('commands of a sentence are told from its words', () => {
  expect(partsOf('Clear that, then `harness land`.')).toEqual([
    { at: 0, text: 'Clear that, then ', code: false },
    { at: 18, text: 'harness land', code: true },
    { at: 31, text: '.', code: false },
  ]);
});

test('the time of work leaves out what was waited', () => {
  const now = Date.parse('2026-03-01T12:10:00.000Z');
  expect(workTime({ ms: 65_000, since: null }, now)).toBe('1m 05s');
  expect(workTime({ ms: 65_000, since: '2026-03-01T12:09:00.000Z' }, now)).toBe('2m 05s');
});
