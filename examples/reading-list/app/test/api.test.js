import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openStore } from '../src/store.js';
import { startApp } from './support/app.js';

async function start(t) {
  const folder = await mkdtemp(join(tmpdir(), 'reading-list-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'links.json');
  let seconds = 0;
  const clock = () => new Date(1_700_000_000_000 + 1000 * seconds++);
  return { path, call: await startApp(t, { store: await openStore(path), clock }) };
}

test('a link is created, found, changed and removed', async (t) => {
  const { call } = await start(t);
  const created = await call('POST', '/api/links', { url: 'https://example.org/', tags: ['Web'] });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get('location'), `/api/links/${created.body.id}`);

  const path = `/api/links/${created.body.id}`;
  assert.deepEqual((await call('GET', path)).body, created.body);
  const changed = await call('PATCH', path, { read: true });
  assert.deepEqual(changed.body, { ...created.body, read: true });
  assert.equal((await call('DELETE', path)).status, 204);
  assert.equal((await call('GET', path)).status, 404);
});

test('wrong fields are a 422 that names each of them', async (t) => {
  const { call } = await start(t);
  const { status, body } = await call('POST', '/api/links', { url: 'javascript:1', read: 'no' });
  assert.equal(status, 422);
  assert.deepEqual(Object.keys(body.fields), ['url', 'read']);
});

test('the same address twice is a 409', async (t) => {
  const { call } = await start(t);
  await call('POST', '/api/links', { url: 'https://example.org' });
  assert.equal((await call('POST', '/api/links', { url: 'https://example.org/' })).status, 409);
  const { body } = await call('POST', '/api/links', { url: 'https://b.example/' });
  const path = `/api/links/${body.id}`;
  assert.equal((await call('PATCH', path, { url: 'https://example.org/' })).status, 409);
  assert.equal((await call('PATCH', path, { url: 'https://b.example/' })).status, 200);
});

test('the list is searched, filtered and counted', async (t) => {
  const { call } = await start(t);
  await call('POST', '/api/links', { url: 'https://a.example/', title: 'Grid', tags: ['css'] });
  await call('POST', '/api/links', { url: 'https://b.example/', title: 'Boxes', read: true });
  const titles = async (query) =>
    (await call('GET', `/api/links${query}`)).body.links.map((link) => link.title);
  assert.deepEqual(await titles(''), ['Boxes', 'Grid']);
  assert.deepEqual(await titles('?q=grid'), ['Grid']);
  assert.deepEqual(await titles('?tag=css'), ['Grid']);
  assert.deepEqual(await titles('?read=true'), ['Boxes']);
  assert.equal((await call('GET', '/api/links?offset=1')).body.total, 2);
  for (const query of ['?read=maybe', '?offset=-1', '?offset=x'])
    assert.equal((await call('GET', `/api/links${query}`)).status, 400, query);
});

test('links survive a restart', async (t) => {
  const { call, path } = await start(t);
  const { body } = await call('POST', '/api/links', { url: 'https://example.org/' });
  const again = await startApp(t, { store: await openStore(path) });
  assert.deepEqual((await again('GET', '/api/links')).body.links, [body]);
});

test('unknown links are a 404, broken JSON is a 400', async (t) => {
  const { call } = await start(t);
  assert.equal((await call('PATCH', '/api/links/9', { read: true })).status, 404);
  assert.equal((await call('DELETE', '/api/links/9')).status, 404);
  assert.equal((await call('POST', '/api/links', [])).status, 400);
});
