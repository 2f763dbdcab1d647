import assert from 'node:assert/strict';
import test from 'node:test';
import { startLedger } from './support/ledger.js';

test('the list shows one category, and the page says which', async (t) => {
  const ledger = await startLedger(t, [
    { id: 1, what: 'bread', cents: 320, category: 'food' },
    { id: 2, what: 'tram', cents: 280, category: 'travel' },
  ]);
  const page = await ledger.get('/?category=food');
  assert.match(page, /href="\/\?category=food" aria-current="page"/);
  assert.match(page, /<td>bread/);
  assert.doesNotMatch(page, /<td>tram/);
});
