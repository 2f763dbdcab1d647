import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { startApp } from './support/app.js';

const html = readFileSync(new URL('../public/index.html', import.meta.url), 'utf8');
const script = readFileSync(new URL('../public/page.js', import.meta.url), 'utf8');

test('the page, its style and its script are served', async (t) => {
  const call = await startApp(t, { store: {} });
  const types = {
    '/': 'text/html',
    '/style.css': 'text/css',
    '/page.js': 'text/javascript',
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers } = await call('GET', path);
    assert.equal(status, 200, path);
    assert.equal(headers.get('content-type'), `${type}; charset=utf-8`);
  }
});

test('the page has a language, a title, landmarks and a place for messages', () => {
  for (const part of ['lang="en"', '<title>', '<main>', '<h1>', 'role="status"', 'role="search"'])
    assert.ok(html.includes(part), part);
});

test('every field stands in a label', () => {
  const outside = html.replaceAll(/<label[\s\S]*?<\/label>/g, '');
  assert.doesNotMatch(outside, /<(input|select|textarea)\b/);
});

test('all that the script looks for by id is there', () => {
  for (const [, id] of script.matchAll(/element\('([\w-]+)'\)/g))
    assert.ok(html.includes(`id="${id}"`), id);
});

test('nothing that people typed is ever read as markup', () => {
  assert.doesNotMatch(script, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
});
