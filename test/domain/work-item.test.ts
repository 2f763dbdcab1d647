import { expect, test } from 'vitest';
import {
  allSettled,
  byPriority,
  settled,
  skipped,
  SKIPPED,
  type ItemStatus,
  type Priority,
} from '../../src/domain/work-item.ts';
import { anItem } from '../support/a-run.ts';

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

const item = (key: string, status: ItemStatus, ...dependencies: readonly string[]) =>
  anItem({ key, status, dependencies });

test.each([
  ['nothing', [], true],
  ['done and blocked items', [item('A', 'done'), item('B', 'blocked')], true],
  ['an item that is ready', [item('A', 'done'), item('B', 'todo', 'A')], false],
  [
    'items behind a blocked one, however far',
    [item('A', 'blocked'), item('C', 'todo', 'B'), item('B', 'todo', 'A')],
    true,
  ],
  [
    'an item under way behind a blocked one',
    [item('A', 'blocked'), item('B', 'in_progress', 'A')],
    false,
  ],
  [
    'an item behind one that a person skipped',
    [anItem({ key: 'A', status: 'blocked', reason: SKIPPED }), item('B', 'todo', 'A')],
    false,
  ],
  ['items behind one under way', [item('A', 'in_progress'), item('B', 'todo', 'A')], false],
] as const)('whether nothing more happens by itself: %s', (_, items, expected) => {
  expect(allSettled(items)).toBe(expected);
});

test('what a person took out of the plan is told from what the harness blocked', () => {
  expect(skipped({ reason: `${SKIPPED}: cancelled in the tracker` })).toBe(true);
  expect(skipped({ reason: '1 of 2 checks did not pass.' })).toBe(false);
  expect(skipped({ reason: null })).toBe(false);
});
