import { describe, expect, test } from 'vitest';
import { claimed, done, lost, newItem } from './tracker-given.ts';
import type { Given } from './tracker-given.ts';

/** Who holds an item, and how that ends. */
export function claimCases({ openStore, withItems }: Given): void {
  describe('claiming', () => {
    test('I2 gives the item to one owner', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const claim = await tracker.claim('A', 'me');
      expect(claim).toEqual({ key: 'A', owner: 'me', fence: 1 });
      expect(await tracker.get('A')).toMatchObject({ status: 'in_progress', claim });
    });

    test('I2 a second claim of a held item gets nothing, not even for its owner', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await claimed(tracker, 'A');
      expect(await tracker.claim('A', 'other')).toBeUndefined();
      expect(await tracker.claim('A', 'owner')).toBeUndefined();
      expect((await tracker.get('A')).claim?.fence).toBe(1);
    });

    test('what is done, blocked, cancelled or waiting is not given', async () => {
      const tracker = await withItems(
        ...['DONE', 'BLOCKED', 'CANCELLED', 'OPEN'].map((key) => newItem({ key })),
        newItem({ key: 'WAITING', dependencies: ['DONE', 'OPEN'] }),
      );
      await done(tracker, 'DONE');
      await tracker.finish(await claimed(tracker, 'BLOCKED'), 'blocked');
      await tracker.edit('CANCELLED', { cancelled: true });
      for (const key of ['DONE', 'BLOCKED', 'CANCELLED', 'WAITING'])
        expect(await tracker.claim(key, 'o')).toBeUndefined();
    });

    test('a person blocks an item that nobody holds, and opens it again', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await tracker.move('A', 'blocked');
      expect(await tracker.get('A')).toMatchObject({ status: 'blocked', claim: null });
      expect(await tracker.claim('A', 'o')).toBeUndefined();
      await tracker.move('A', 'todo');
      expect(await tracker.claim('A', 'o')).toMatchObject({ owner: 'o' });
    });

    test('nobody moves what is held, done or unknown on a word alone', async () => {
      const tracker = await withItems(newItem({ key: 'HELD' }), newItem({ key: 'DONE' }));
      const held = await claimed(tracker, 'HELD');
      await done(tracker, 'DONE');
      await tracker.move('HELD', 'blocked');
      await tracker.move('DONE', 'todo');
      expect(await tracker.get('HELD')).toMatchObject({ status: 'in_progress', claim: held });
      expect((await tracker.get('DONE')).status).toBe('done');
      await expect(tracker.move('NONE', 'todo')).rejects.toThrow(/NONE/);
    });

    test('I2 of 8 callers at once exactly one wins', async () => {
      const { tracker, again } = await openStore();
      await tracker.create([newItem({ key: 'A' })]);
      const other = (await again?.()) ?? tracker;
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? tracker : other).claim('A', `owner ${index}`),
        ),
      );
      const winners = claims.filter((claim) => claim !== undefined);
      expect(winners).toHaveLength(1);
      expect((await tracker.get('A')).claim).toEqual(winners[0]);
    });

    test('8 callers that take what is next share 20 items without overlap', async () => {
      const items = Array.from({ length: 20 }, (_, index) => newItem({ key: `I-${index}` }));
      const tracker = await withItems(...items);
      const taken: string[] = [];
      const take = async (owner: string): Promise<void> => {
        for (let item = await tracker.next(); item !== undefined; item = await tracker.next())
          if ((await tracker.claim(item.key, owner)) !== undefined) taken.push(item.key);
      };
      await Promise.all(Array.from({ length: 8 }, (_, index) => take(`owner ${index}`)));
      expect(taken.toSorted()).toEqual(items.map(({ key }) => key).toSorted());
    });

    test('I2 of 4 processes at once exactly one wins', { timeout: 30_000 }, async (context) => {
      const { tracker, race } = await openStore();
      if (race === undefined) return context.skip('the store lives in one process');
      await tracker.create([newItem({ key: 'A' })]);
      const claims = await race('A', 4);
      const winners = claims.filter((claim) => claim !== null);
      expect(claims).toHaveLength(4);
      expect(winners).toHaveLength(1);
      expect((await tracker.get('A')).claim).toEqual(winners[0]);
      return undefined;
    });
  });

  describe('ending a claim', () => {
    test.each(['done', 'blocked'] as const)('finishing makes it %s', async (status) => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await tracker.finish(await claimed(tracker, 'A'), status);
      expect(await tracker.get('A')).toMatchObject({ status, claim: null });
    });

    test('releasing makes it todo again', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await tracker.release(await claimed(tracker, 'A'));
      expect(await tracker.get('A')).toMatchObject({ status: 'todo', claim: null });
      expect((await tracker.next())?.key).toBe('A');
    });

    test('I2 the fence grows with every claim', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const fences: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const claim = await claimed(tracker, 'A');
        fences.push(claim.fence);
        await tracker.release(claim);
      }
      expect(fences).toEqual([1, 2, 3]);
    });

    test.each(['finish', 'release'] as const)(
      'I2 a %s with an old fence is refused',
      async (verb) => {
        const tracker = await withItems(newItem({ key: 'A' }));
        const old = await claimed(tracker, 'A');
        await tracker.release(old);
        const held = await claimed(tracker, 'A');
        const late = verb === 'finish' ? tracker.finish(old, 'done') : tracker.release(old);
        await expect(late).rejects.toThrow(lost);
        expect(await tracker.get('A')).toMatchObject({ status: 'in_progress', claim: held });
      },
    );

    test('I2 a fence that was never given is refused', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const claim = await claimed(tracker, 'A');
      await expect(tracker.finish({ ...claim, fence: 2 }, 'done')).rejects.toThrow(lost);
      await expect(tracker.finish({ ...claim, owner: 'other' }, 'done')).rejects.toThrow(lost);
      await tracker.finish(claim, 'done');
    });

    test('an item that was never claimed cannot be finished', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const forged = { key: 'A', owner: 'o', fence: 0 };
      await expect(tracker.finish(forged, 'done')).rejects.toThrow(lost);
      expect((await tracker.get('A')).status).toBe('todo');
    });

    test('the same end twice is one end, as after a crash', async () => {
      const tracker = await withItems(newItem({ key: 'A' }), newItem({ key: 'B' }));
      const first = await claimed(tracker, 'A');
      await tracker.finish(first, 'done');
      await tracker.finish(first, 'done');
      const second = await claimed(tracker, 'B');
      await tracker.release(second);
      await tracker.release(second);
      expect((await tracker.get('A')).status).toBe('done');
      expect((await tracker.get('B')).status).toBe('todo');
    });

    test('what is done stays done: its claim can neither release nor block it', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const claim = await claimed(tracker, 'A');
      await tracker.finish(claim, 'done');
      await expect(tracker.release(claim)).rejects.toThrow(lost);
      await expect(tracker.finish(claim, 'blocked')).rejects.toThrow(lost);
      expect((await tracker.get('A')).status).toBe('done');
    });

    test('a released claim cannot finish', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const claim = await claimed(tracker, 'A');
      await tracker.release(claim);
      await expect(tracker.finish(claim, 'done')).rejects.toThrow(lost);
      expect((await tracker.get('A')).status).toBe('todo');
    });
  });
}
