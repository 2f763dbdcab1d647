import { afterEach, describe, expect, test } from 'vitest';
import { claimCases } from './tracker-claims.ts';
import { claimed, newItem } from './tracker-given.ts';
import type { Given, OpenedStore } from './tracker-given.ts';
import { itemCases } from './tracker-items.ts';
import { takenCases } from './tracker-taken.ts';
import { textCases } from './tracker-text.ts';

/** What every tracker promises: see `WorkTracker`. */
export function trackerContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the contract of a tracker`, { timeout: 30_000 }, () => {
    const opened: OpenedStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store[Symbol.asyncDispose]();
    });
    const openStore: Given['openStore'] = async () => {
      const store = await open();
      opened.push(store);
      return store;
    };
    const withItems: Given['withItems'] = async (...items) => {
      const { tracker } = await openStore();
      await tracker.create(items);
      return tracker;
    };

    itemCases({ openStore, withItems });
    claimCases({ openStore, withItems });
    takenCases({ openStore, withItems });
    textCases({ openStore, withItems });

    test('another handle on the store sees everything', async (context) => {
      const { tracker, again } = await openStore();
      if (again === undefined) return context.skip('the store ends with its handle');
      await tracker.create([newItem({ key: 'A' }), newItem({ key: 'B' })]);
      const claim = await claimed(tracker, 'A');
      await tracker.comment('A', { id: '1', author: 'a', text: 't' });
      const other = await again();
      expect(await other.list()).toEqual(await tracker.list());
      expect(await other.comments('A')).toEqual(await tracker.comments('A'));
      await other.finish(claim, 'done');
      expect((await tracker.get('A')).status).toBe('done');
      return undefined;
    });
  });
}
