import assert from 'node:assert/strict';
import test from 'node:test';
import { startLedger } from './support/ledger.js';

test('an entry is added and listed, the newest first; what is no amount is refused', async (t) => {
  const ledger = await startLedger(t);
  assert.match(await ledger.get('/'), /Nothing yet/);
  assert.equal((await ledger.post('/entries', { what: 'bread', amount: '3,20' })).status, 303);
  await ledger.post('/entries', { what: '<tea>', amount: '5', category: 'drinks' });
  assert.equal((await ledger.post('/entries', { what: 'air', amount: 'much' })).status, 422);
  assert.match(await ledger.get('/'), /&#60;tea&#62;.*5\.00.*bread.*3\.20/s);
});
