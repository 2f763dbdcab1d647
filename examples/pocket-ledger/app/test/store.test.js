import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openStore } from '../src/store.js';

test('what was added is there after a restart, what was removed is not', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'entries.json');
  const store = openStore(path);
  store.add({ cents: -1250, what: 'bread' });
  store.add({ cents: 300000, what: 'salary' });
  assert.equal(store.remove(1), true);
  assert.equal(store.remove(7), false);
  assert.deepEqual(openStore(path).list(), [{ cents: 300000, what: 'salary', id: 2 }]);
});
