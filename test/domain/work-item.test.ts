import { expect, test } from 'vitest';
import { byPriority, settled, type Priority } from '../../src/domain/work-item.ts';

test('urgent comes first and "none" last, then the smaller number of a key', () => {
  const queue: readonly { readonly key: string; readonly priority: Priority }[] = [
    { key: 'API-10', priority: 2 },
    { key: 'API-9', priority: 2 },
    { key: 'ZERO', priority: 0 },
    { key: 'LOW', priority: 4 },
    { key: 'URGENT', priority: 1 },
    { key: 'MEDIUM', priority: 3 },
  ];
  expect(queue.toSorted(byPriority).map(({ key }) => key)).toEqual([
    'URGENT',
    'API-9',
    'API-10',
    'MEDIUM',
    'LOW',
    'ZERO',
  ]);
});

test.each([
  ['todo', false],
  ['in_progress', false],
  ['done', true],
  ['blocked', true],
] as const)('an item that is %s is settled: %s', (status, expected) => {
  expect(settled({ status })).toBe(expected);
});
