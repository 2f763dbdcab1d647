import { expect, test } from 'vitest';
import { earlierOf } from '../../src/demo/earlier.ts';
import { anItem } from '../support/a-run.ts';

const done = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    anItem({
      key: `APP-${at + 1}`,
      status: 'done',
      updatedAt: `2026-03-01T10:${String(at).padStart(2, '0')}:00.000Z`,
    }),
  );

test('nothing is finished, one is, two are', () => {
  expect([0, 1, 2].map((count) => earlierOf(done(count)).map(({ key }) => key))).toEqual([
    [],
    ['APP-1'],
    ['APP-2', 'APP-1'],
  ]);
});

test('over 50 sessions each finished feature is looked at once, and many of them again, spread over all', () => {
  const seen = new Set<string>();
  for (let count = 2; count <= 50; count += 1) {
    const keys = earlierOf(done(count)).map(({ key }) => key);
    expect(keys[0]).toBe(`APP-${count}`);
    expect(new Set(keys).size).toBe(2);
    seen.add(keys[1] ?? '');
  }
  expect(seen.size).toBeGreaterThan(20);
});

test('what is open, or has no check of its own, is not among them', () => {
  const [one] = done(1);
  expect(
    earlierOf([anItem({ status: 'in_progress' }), anItem({ status: 'done', checks: [] })]),
  ).toEqual([]);
  expect(earlierOf([anItem({ key: 'X' }), ...(one ? [one] : [])])).toEqual([one]);
});
