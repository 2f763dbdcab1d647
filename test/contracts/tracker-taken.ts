import { describe, expect, test } from 'vitest';
import { claimed, done, newItem } from './tracker-given.ts';
import type { Given } from './tracker-given.ts';

/** Claims that were decided elsewhere. */
export function takenCases({ openStore, withItems }: Given): void {
  describe('taking what was given already', () => {
    test('what it waits for here is no reason, though an ordinary claim still waits', async () => {
      const tracker = await withItems(
        newItem({ key: 'CANCELLED' }),
        newItem({ key: 'A', dependencies: ['CANCELLED', 'GONE'] }),
      );
      await tracker.edit('CANCELLED', { cancelled: true });
      expect(await tracker.claim('A', 'me')).toBeUndefined();
      const claim = await tracker.take('A', 'me');
      expect(claim).toEqual({ key: 'A', owner: 'me', fence: 1 });
      expect(await tracker.get('A')).toMatchObject({ status: 'in_progress', claim });
      if (claim !== undefined) await tracker.finish(claim, 'done');
      expect(await tracker.get('A')).toMatchObject({ status: 'done', claim: null });
    });

    test('one that people blocked is taken, and can be finished', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await tracker.move('A', 'blocked');
      expect(await tracker.claim('A', 'me')).toBeUndefined();
      const claim = await tracker.take('A', 'me');
      expect(await tracker.get('A')).toMatchObject({ status: 'in_progress', claim });
      if (claim !== undefined) await tracker.finish(claim, 'done');
      expect((await tracker.get('A')).status).toBe('done');
    });

    test('I2 what another holds, what is done and what is cancelled is refused', async () => {
      const keys = ['HELD', 'DONE', 'CANCELLED', 'BOTH'];
      const tracker = await withItems(...keys.map((key) => newItem({ key })));
      const held = await claimed(tracker, 'HELD');
      await done(tracker, 'DONE');
      await tracker.edit('CANCELLED', { cancelled: true });
      await claimed(tracker, 'BOTH');
      await tracker.edit('BOTH', { cancelled: true });
      for (const key of keys) expect(await tracker.take(key, 'me')).toBeUndefined();
      expect(await tracker.get('HELD')).toMatchObject({ status: 'in_progress', claim: held });
      expect(await tracker.get('DONE')).toMatchObject({ status: 'done', claim: null });
      expect(await tracker.get('CANCELLED')).toMatchObject({ cancelled: true, claim: null });
      await expect(tracker.take('NONE', 'me')).rejects.toThrow(/NONE/);
    });

    test('the same twice is one claim, as after a crash', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const claim = await tracker.take('A', 'me');
      expect(await tracker.take('A', 'me')).toEqual(claim);
      expect((await tracker.get('A')).claim).toMatchObject({ owner: 'me', fence: 1 });
    });

    test('I2 of 8 that take at once exactly one wins', async () => {
      const { tracker, again } = await openStore();
      await tracker.create([newItem({ key: 'A' })]);
      const other = (await again?.()) ?? tracker;
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? tracker : other).take('A', `owner ${index}`),
        ),
      );
      const winners = claims.filter((claim) => claim !== undefined);
      expect(winners).toHaveLength(1);
      expect((await tracker.get('A')).claim).toEqual(winners[0]);
    });
  });
}
