import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import { findRoute, HttpError, readJson } from '../src/http.js';
import { startApp } from './support/app.js';

const request = (text, type = 'application/json') =>
  Object.assign(Readable.from([Buffer.from(text)]), { headers: { 'content-type': type } });

test('the health route answers', async (t) => {
  const call = await startApp(t, { store: {} });
  const { status, body } = await call('GET', '/health');
  assert.equal(status, 200);
  assert.deepEqual(body, { status: 'ok' });
});

test('an unknown path is a 404 that names it', async (t) => {
  const call = await startApp(t, { store: {} });
  const { status, body } = await call('GET', '/nowhere');
  assert.equal(status, 404);
  assert.match(body.error, /\/nowhere/);
});

test('a known path with a wrong method is a 405 that names the right one', async (t) => {
  const call = await startApp(t, { store: {} });
  const { status, headers } = await call('DELETE', '/health');
  assert.equal(status, 405);
  assert.equal(headers.get('allow'), 'GET');
});

test('files outside public are not served', async (t) => {
  const call = await startApp(t, { store: {} });
  for (const path of ['/..%2fpackage.json', '/%2e%2e/src/app.js', '/src/app.js'])
    assert.equal((await call('GET', path)).status, 404, path);
});

test('every answer forbids sniffing and framing', async (t) => {
  const call = await startApp(t, { store: {} });
  const { headers } = await call('GET', '/health');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.match(headers.get('content-security-policy'), /frame-ancestors 'none'/);
});

test('a route gives its parameters', () => {
  const routes = [{ method: 'GET', path: '/a/:id' }];
  assert.deepEqual(findRoute(routes, 'GET', '/a/7').params, { id: '7' });
  assert.equal(findRoute(routes, 'GET', '/a/7/b'), undefined);
});

test('a body must be a JSON object of a sane size', async () => {
  assert.deepEqual(await readJson(request('{"a":1}')), { a: 1 });
  const refused = [
    [request('{'), 400],
    [request('[]'), 400],
    [request('{}', 'text/plain'), 415],
    [request(' '.repeat(70_000)), 413],
  ];
  for (const [bad, status] of refused)
    await assert.rejects(
      readJson(bad),
      (error) => error instanceof HttpError && error.status === status,
    );
});
