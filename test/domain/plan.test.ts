import { expect, test } from 'vitest';
import { faultsOf } from '../../src/domain/plan.ts';
import { anItem } from '../support/a-run.ts';

const item = (key: string, ...dependencies: readonly string[]) => anItem({ key, dependencies });

test('a plan whose items can all be reached has no fault', () => {
  expect(faultsOf([item('C', 'A', 'B'), item('A'), item('B', 'A')])).toEqual([]);
});

test.each([
  ['nothing to do', [], ['The plan has no work items.']],
  ['a key used twice', [item('A'), item('A')], ['The key A is used twice.']],
  [
    'a dependency that is not there',
    [item('A', 'B')],
    ['A depends on B, which is not in the plan.'],
  ],
  [
    'an item without a check',
    [anItem({ key: 'A', checks: [] })],
    ['A has no check, so nothing could prove it done.'],
  ],
  ['an item that waits for itself', [item('A', 'A')], ['These items wait for each other: A.']],
  [
    'a circle, with all that waits for it',
    [item('A'), item('B', 'A', 'D'), item('C', 'B'), item('D', 'C'), item('E', 'D')],
    ['These items wait for each other: B, C, D, E.'],
  ],
])('a plan is refused for %s', (_, items, faults) => {
  expect(faultsOf(items)).toEqual(faults);
});

test('all faults are named at once', () => {
  const items = [item('A', 'B'), item('B', 'A'), item('B', 'X'), anItem({ key: 'C', checks: [] })];
  expect(faultsOf(items)).toEqual([
    'The key B is used twice.',
    'B depends on X, which is not in the plan.',
    'C has no check, so nothing could prove it done.',
    'These items wait for each other: A, B.',
  ]);
});

test('a thousand items in a chain are judged at once', () => {
  const chain = Array.from({ length: 1000 }, (_, at) =>
    at === 0 ? item('K0') : item(`K${at}`, `K${at - 1}`),
  );
  expect(faultsOf(chain)).toEqual([]);
});
