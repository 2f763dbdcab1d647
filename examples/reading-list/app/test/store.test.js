import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openStore } from '../src/store.js';

async function temporaryFile(t) {
  const folder = await mkdtemp(join(tmpdir(), 'reading-list-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'data', 'links.json');
}

test('what was added is there after a restart', async (t) => {
  const path = await temporaryFile(t);
  const first = await openStore(path);
  const link = await first.add({ title: 'One' });
  const second = await openStore(path);
  assert.deepEqual(second.list(), [link]);
});

test('a number is never given twice, not even after a removal', async (t) => {
  const path = await temporaryFile(t);
  const store = await openStore(path);
  const one = await store.add({ title: 'One' });
  assert.equal(await store.remove(one.id), true);
  const again = await openStore(path);
  assert.notEqual((await again.add({ title: 'Two' })).id, one.id);
});

test('changes at the same time are all kept', async (t) => {
  const path = await temporaryFile(t);
  const store = await openStore(path);
  await Promise.all(Array.from({ length: 20 }, (_, index) => store.add({ title: `${index}` })));
  assert.equal(new Set((await openStore(path)).list().map((link) => link.id)).size, 20);
});

test('an update changes one link and an unknown id changes nothing', async (t) => {
  const store = await openStore(await temporaryFile(t));
  const one = await store.add({ title: 'One', read: false });
  assert.deepEqual(await store.update(one.id, { read: true }), { ...one, read: true });
  assert.equal(await store.update('99', { read: true }), undefined);
  assert.equal(await store.remove('99'), false);
});

test('the file is always whole and nothing is left beside it', async (t) => {
  const path = await temporaryFile(t);
  const store = await openStore(path);
  await store.add({ title: 'One' });
  assert.equal(JSON.parse(await readFile(path, 'utf8')).links.length, 1);
  assert.deepEqual(await readdir(join(path, '..')), ['links.json']);
});

test('a damaged file is reported and left alone', async (t) => {
  const path = await temporaryFile(t);
  const store = await openStore(path);
  await store.add({ title: 'One' });
  for (const text of ['{"nextId":', '{}']) {
    await writeFile(path, text);
    await assert.rejects(openStore(path), /damaged/);
    assert.equal(await readFile(path, 'utf8'), text);
  }
});
