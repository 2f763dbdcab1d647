import { describe, expect, test } from 'vitest';
import { claimed, done, keysOf, newItem } from './tracker-given.ts';
import type { Given } from './tracker-given.ts';

const hostile: [name: string, text: string][] = [
  ['SQL', `'; drop table harness.tracker_item; -- $1 %s \\`],
  ['terminal controls', '\u001b[2J\u001b]0;owned\u0007\r\u009b31m\u202e'],
  ['10 000 characters', 'x'.repeat(10_000)],
  ['JSON', '"}],"work_items":[{"key":"EVIL"}]'],
  ['templates and markup', '{{system}} ${PATH} <script>alert(1)</script>'],
  ['many scripts', 'naïve 漢字 🙂 \u0301 \ufeff'],
  ['nothing', ''],
  ['line ends', 'a\nb\r\nc\u2028d'],
];

const strangeKeys = ['__proto__', 'constructor', 'toString', 'a/../b', "k'; --", '🙂', ' ', '1'];

/** What people and agents write. */
export function textCases({ withItems }: Given): void {
  describe('what people change', () => {
    test('each field alone, the others stay', async () => {
      const tracker = await withItems(newItem({ key: 'A', labels: ['old'] }));
      const changes = [
        { title: 'New' },
        { description: 'Other text' },
        { priority: 0 },
        { labels: [] },
        { cancelled: true },
      ] as const;
      for (const change of changes) {
        const { updatedAt: _, ...before } = await tracker.get('A');
        const edited = await tracker.edit('A', change);
        expect(edited).toMatchObject({ ...before, ...change });
        expect(await tracker.get('A')).toEqual(edited);
      }
    });

    test('an empty text is a text', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      expect((await tracker.edit('A', { description: '' })).description).toBe('');
    });

    test('a change leaves the claim alone, a cancelled item can still be ended', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const claim = await claimed(tracker, 'A');
      const edited = await tracker.edit('A', { priority: 1, cancelled: true });
      expect(edited).toMatchObject({ status: 'in_progress', claim, cancelled: true });
      await tracker.release(claim);
      expect(await tracker.claim('A', 'o')).toBeUndefined();
    });

    test('updatedAt never goes back', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      const before = await tracker.get('A');
      const after = await tracker.edit('A', { title: 'New' });
      expect(Date.parse(after.updatedAt)).toBeGreaterThanOrEqual(Date.parse(before.updatedAt));
      expect(after.createdAt).toBe(before.createdAt);
    });

    test('changes to different fields at once both stay', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await Promise.all([
        tracker.edit('A', { title: 'New' }),
        tracker.edit('A', { priority: 1 }),
        tracker.claim('A', 'o'),
      ]);
      expect(await tracker.get('A')).toMatchObject({
        title: 'New',
        priority: 1,
        status: 'in_progress',
      });
    });
  });

  describe('comments', () => {
    test('come back in order, for their item only', async () => {
      const tracker = await withItems(newItem({ key: 'A' }), newItem({ key: 'B' }));
      for (const id of ['c', 'a', 'b'])
        await tracker.comment('A', { id, author: 'agent', text: `text ${id}` });
      const comments = await tracker.comments('A');
      expect(comments.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
      expect(comments[0]).toEqual({
        id: 'c',
        author: 'agent',
        text: 'text c',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      });
      expect(await tracker.comments('B')).toEqual([]);
    });

    test('the same id twice is one comment, the first', async () => {
      const tracker = await withItems(newItem({ key: 'A' }), newItem({ key: 'B' }));
      await tracker.comment('A', { id: '1', author: 'a', text: 'first' });
      await tracker.comment('A', { id: '1', author: 'a', text: 'second' });
      await tracker.comment('B', { id: '1', author: 'a', text: 'elsewhere' });
      expect((await tracker.comments('A')).map(({ text }) => text)).toEqual(['first']);
      expect((await tracker.comments('B')).map(({ text }) => text)).toEqual(['elsewhere']);
    });

    test('20 at once are 20', async () => {
      const tracker = await withItems(newItem({ key: 'A' }));
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          tracker.comment('A', { id: `${index}`, author: 'a', text: 't' }),
        ),
      );
      expect(await tracker.comments('A')).toHaveLength(20);
    });
  });

  describe('hostile text is only text', () => {
    test.each(hostile)('%s', async (_name, text) => {
      const tracker = await withItems(
        newItem({ key: 'A', title: text, description: text, labels: [text] }),
      );
      await tracker.comment('A', { id: text, author: text, text });
      expect(await tracker.get('A')).toMatchObject({
        title: text,
        description: text,
        labels: [text],
      });
      expect(await tracker.comments('A')).toMatchObject([{ id: text, author: text, text }]);
      expect((await tracker.edit('A', { title: `${text}!` })).title).toBe(`${text}!`);
      expect((await tracker.claim('A', text))?.owner).toBe(text);
      expect(await keysOf(tracker)).toEqual(['A']);
    });

    test.each(strangeKeys)('the key %j is a key like any other', async (key) => {
      const tracker = await withItems(newItem({ key }), newItem({ key: 'Z', dependencies: [key] }));
      await tracker.comment(key, { id: key, author: 'a', text: 't' });
      expect((await tracker.get(key)).key).toBe(key);
      expect(await tracker.comments(key)).toHaveLength(1);
      expect(await tracker.comments('Z')).toEqual([]);
      await done(tracker, key);
      expect((await tracker.next())?.key).toBe('Z');
      expect(await tracker.comments(key)).toHaveLength(1);
    });

    test('what no store can keep becomes a replacement character', async () => {
      const tracker = await withItems(newItem({ key: 'A\0', title: 'a\0b', labels: ['\uD800'] }));
      expect(await tracker.get('A\0')).toMatchObject({ title: 'a\uFFFDb', labels: ['\uFFFD'] });
      await tracker.finish(await claimed(tracker, 'A\0'), 'done');
      expect((await tracker.get('A\uFFFD')).status).toBe('done');
    });
  });
}
