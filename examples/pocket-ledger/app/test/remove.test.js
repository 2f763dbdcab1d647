import assert from 'node:assert/strict';
import test from 'node:test';
import { startLedger } from './support/ledger.js';

test('an entry is removed once', async (t) => {
  const ledger = await startLedger(t, [{ id: 4, what: 'bread', cents: 320, category: 'food' }]);
  assert.equal((await ledger.post('/remove', { id: '4' })).status, 303);
  assert.equal((await ledger.post('/remove', { id: '4' })).status, 404);
  assert.deepEqual(ledger.entries(), []);
});
