import assert from 'node:assert/strict';
import test from 'node:test';
import { startApp } from './support/app.js';

const storeOf = (...tags) => ({ list: () => tags.map((list) => ({ tags: list })) });

test('tags are counted, most used first, then by name', async (t) => {
  const call = await startApp(t, { store: storeOf(['web', 'css'], ['web'], ['art']) });
  assert.deepEqual((await call('GET', '/api/tags')).body.tags, [
    { name: 'web', uses: 2 },
    { name: 'art', uses: 1 },
    { name: 'css', uses: 1 },
  ]);
});

test('an empty list has no tags', async (t) => {
  const call = await startApp(t, { store: storeOf() });
  assert.deepEqual((await call('GET', '/api/tags')).body, { tags: [] });
});
