import assert from 'node:assert/strict';
import test from 'node:test';
import { escaped } from '../src/server.js';
import { startLedger } from './support/ledger.js';

test('the page is there, other addresses are not, and text of others does no harm', async (t) => {
  const ledger = await startLedger(t);
  assert.match(await ledger.get('/'), /<h1>Pocket Ledger<\/h1>/);
  assert.equal(await ledger.get('/nowhere'), 'Not found');
  assert.equal(escaped('<b>"&'), '&#60;b&#62;&#34;&#38;');
});
