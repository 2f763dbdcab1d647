import assert from 'node:assert/strict';
import test from 'node:test';
import { startLedger } from './support/ledger.js';

test('the page follows the system in light and dark, and shows where the keyboard is', async (t) => {
  const page = await (await startLedger(t)).get('/');
  assert.match(page, /color-scheme: light dark/);
  assert.match(page, /:focus-visible/);
});
