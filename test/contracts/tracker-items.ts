import { describe, expect, test } from 'vitest';
import type { WorkTracker } from '../../src/work/tracker.ts';
import { claimed, done, keysOf, newItem, unknownKey } from './tracker-given.ts';
import type { Given } from './tracker-given.ts';

/** Creating, reading, ordering, and what comes next. */
export function itemCases({ openStore, withItems }: Given): void {
  describe('creating and reading', () => {
    test('an empty tracker has nothing', async () => {
      const { tracker } = await openStore();
      expect(await tracker.list()).toEqual([]);
      expect(await tracker.next()).toBeUndefined();
    });

    test('what was created comes back as it was', async () => {
      const item = newItem({ key: 'A-1', priority: 1, dependencies: ['B'], labels: ['x', 'y'] });
      const tracker = await withItems(item);
      const found = await tracker.get('A-1');
      expect(found).toEqual({
        ...item,
        status: 'todo',
        cancelled: false,
        claim: null,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        updatedAt: found.createdAt,
      });
      expect(await tracker.list()).toEqual([found]);
    });

    test('each item has a lasting id and a name of its own', async () => {
      const tracker = await withItems(newItem({ key: 'A' }), newItem({ key: 'B' }));
      const names = await tracker.names();
      expect(names.map(({ key }) => key).toSorted()).toEqual(['A', 'B']);
      expect(new Set(names.map(({ id }) => id)).size).toBe(2);
      expect(new Set(names.map(({ name }) => name)).size).toBe(2);
      expect(await (await openStore()).tracker.names()).toEqual([]);
    });

    test('a parent is kept: one made before, made later, or made by nobody', async () => {
      const tracker = await withItems(
        newItem({ key: 'CHILD', parent: 'LATER' }),
        newItem({ key: 'LATER', parent: 'TOP' }),
        newItem({ key: 'TOP' }),
        newItem({ key: 'ALONE', parent: 'GONE' }),
      );
      await tracker.create([newItem({ key: 'NEXT', parent: 'TOP' })]);
      const parents = (await tracker.list()).map(({ key, parent }) => `${key} < ${parent}`);
      expect(parents.toSorted()).toEqual([
        'ALONE < GONE',
        'CHILD < LATER',
        'LATER < TOP',
        'NEXT < TOP',
        'TOP < null',
      ]);
      expect((await tracker.get('CHILD')).parent).toBe('LATER');
      expect((await tracker.get('ALONE')).parent).toBe('GONE');
    });

    test('items that are parts of each other, or of themselves, are there all the same', async () => {
      const tracker = await withItems(
        newItem({ key: 'A', parent: 'B' }),
        newItem({ key: 'B', parent: 'A' }),
        newItem({ key: 'C', parent: 'C' }),
      );
      const parents = (await tracker.list()).map(({ parent }) => parent);
      expect(parents).toEqual(['B', 'A', 'C']);
    });

    test('creating again changes nothing, whatever it says', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await claimed(tracker, 'A');
      const before = await tracker.get('A');
      await tracker.create([newItem({ key: 'A', title: 'Other', priority: 1 })]);
      expect(await tracker.get('A')).toEqual(before);
    });

    test('creating again adds what was missing', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await tracker.create([newItem({ key: 'A' }), newItem({ key: 'B' })]);
      expect(await keysOf(tracker)).toEqual(['A', 'B']);
    });

    test('of two items with one key in one call the first counts', async () => {
      const tracker = await withItems(
        newItem({ key: 'A', title: 'first' }),
        newItem({ key: 'A', title: 'second' }),
      );
      expect((await tracker.list()).map(({ title }) => title)).toEqual(['first']);
    });

    test('creating nothing is nothing', async () => {
      const tracker = await withItems();
      expect(await tracker.list()).toEqual([]);
    });

    test('a status filters', async () => {
      const tracker = await withItems(newItem({ key: 'A' }), newItem({ key: 'B' }));
      await done(tracker, 'A');
      expect((await tracker.list({ status: 'done' })).map(({ key }) => key)).toEqual(['A']);
      expect((await tracker.list({ status: 'todo' })).map(({ key }) => key)).toEqual(['B']);
      expect(await tracker.list({ status: 'blocked' })).toEqual([]);
    });

    test('what is changed in a given or returned item does not reach the tracker', async () => {
      const labels = ['x'];
      const tracker = await withItems(newItem({ key: 'A', labels }));
      labels.push('y');
      expect((await tracker.get('A')).labels).toEqual(['x']);
      const returned = await tracker.get('A');
      Reflect.set(returned, 'status', 'done');
      expect((await tracker.get('A')).status).toBe('todo');
    });

    test('an unknown key is refused by everything that takes one', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const claim = { key: 'X', owner: 'o', fence: 1 };
      const comment = { id: '1', author: 'a', text: 't' };
      await expect(tracker.get('X')).rejects.toThrow(unknownKey);
      await expect(tracker.edit('X', { title: 't' })).rejects.toThrow(unknownKey);
      await expect(tracker.claim('X', 'o')).rejects.toThrow(unknownKey);
      await expect(tracker.finish(claim, 'done')).rejects.toThrow(unknownKey);
      await expect(tracker.release(claim)).rejects.toThrow(unknownKey);
      await expect(tracker.comment('X', comment)).rejects.toThrow(unknownKey);
      await expect(tracker.comments('X')).rejects.toThrow(unknownKey);
      expect(await keysOf(tracker)).toEqual(['A']);
    });
  });

  describe('the order of the queue', () => {
    test('urgent first, none last', async () => {
      const tracker = await withItems(
        ...([0, 4, 2, 1, 3] as const).map((priority) => newItem({ key: `P${priority}`, priority })),
      );
      expect(await keysOf(tracker)).toEqual(['P1', 'P2', 'P3', 'P4', 'P0']);
    });

    test('numbers in keys count as numbers', async () => {
      const tracker = await withItems(
        ...['A-10', 'A-9', 'A-2', 'B-1', 'A-1'].map((key) => newItem({ key })),
      );
      expect(await keysOf(tracker)).toEqual(['A-1', 'A-2', 'A-9', 'A-10', 'B-1']);
    });

    test('keys that number alike still have one order', async () => {
      const tracker = await withItems(...['A-1', 'A-01', 'A-001'].map((key) => newItem({ key })));
      expect(await keysOf(tracker)).toEqual(['A-001', 'A-01', 'A-1']);
    });

    test('500 items', async () => {
      const items = Array.from({ length: 500 }, (_, index) => newItem({ key: `I-${499 - index}` }));
      const tracker = await withItems(...items);
      const keys = await keysOf(tracker);
      expect(keys).toHaveLength(500);
      expect(keys.slice(0, 3)).toEqual(['I-0', 'I-1', 'I-2']);
      expect(keys.at(-1)).toBe('I-499');
    });
  });

  describe('the next item', () => {
    test('is the first of the queue', async () => {
      const tracker = await withItems(
        newItem({ key: 'A', priority: 0 }),
        newItem({ key: 'B', priority: 2 }),
      );
      expect((await tracker.next())?.key).toBe('B');
    });

    test('has all its dependencies done', async () => {
      const tracker = await withItems(
        newItem({ key: 'A', priority: 1, dependencies: ['B', 'C'] }),
        newItem({ key: 'B', priority: 4 }),
        newItem({ key: 'C', priority: 4 }),
      );
      expect((await tracker.next())?.key).toBe('B');
      await done(tracker, 'B');
      expect((await tracker.next())?.key).toBe('C');
      await done(tracker, 'C');
      expect((await tracker.next())?.key).toBe('A');
    });

    test('does not wait for its parent, nor a parent for its parts', async () => {
      const tracker = await withItems(
        newItem({ key: 'PART', parent: 'WHOLE' }),
        newItem({ key: 'WHOLE' }),
      );
      expect((await tracker.next())?.key).toBe('PART');
      await done(tracker, 'WHOLE');
      expect((await tracker.get('PART')).status).toBe('todo');
    });

    test('is not taken, finished or blocked', async () => {
      const tracker = await withItems(...['A', 'B', 'C'].map((key) => newItem({ key })));
      await claimed(tracker, 'A');
      await tracker.finish(await claimed(tracker, 'B'), 'blocked');
      expect((await tracker.next())?.key).toBe('C');
      await done(tracker, 'C');
      expect(await tracker.next()).toBeUndefined();
    });

    test('is not cancelled, and comes back when that is taken back', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await tracker.edit('A', { cancelled: true });
      expect(await tracker.next()).toBeUndefined();
      await tracker.edit('A', { cancelled: false });
      expect((await tracker.next())?.key).toBe('A');
    });

    test.each([
      [
        'a blocked',
        async (tracker: WorkTracker) => tracker.finish(await claimed(tracker, 'B'), 'blocked'),
      ],
      [
        'a cancelled',
        async (tracker: WorkTracker) => void (await tracker.edit('B', { cancelled: true })),
      ],
    ])('waits for %s dependency for ever', async (_what, end) => {
      const tracker = await withItems(
        newItem({ key: 'A', dependencies: ['B'] }),
        newItem({ key: 'B' }),
      );
      await end(tracker);
      expect(await tracker.next()).toBeUndefined();
    });

    test('waits for a dependency that nobody knows, and for itself', async () => {
      const tracker = await withItems(
        newItem({ key: 'A', dependencies: ['GONE'] }),
        newItem({ key: 'B', dependencies: ['B'] }),
      );
      expect(await tracker.next()).toBeUndefined();
      expect(await tracker.claim('B', 'o')).toBeUndefined();
    });
  });
}
