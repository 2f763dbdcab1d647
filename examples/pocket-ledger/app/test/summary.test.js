import assert from 'node:assert/strict';
import test from 'node:test';
import { totals } from '../src/features/summary.js';
import { startLedger } from './support/ledger.js';

const entries = [
  { id: 1, what: 'bread', cents: 320, category: 'food' },
  { id: 2, what: 'tram', cents: 280, category: 'travel' },
  { id: 3, what: 'tea', cents: 500, category: 'food' },
];

test('the page sums by category', async (t) => {
  assert.deepEqual(totals(entries), [
    ['food', 820],
    ['travel', 280],
  ]);
  assert.match(await (await startLedger(t, entries)).get('/'), /Together 11\.00.*food: 8\.20/s);
});
