import assert from 'node:assert/strict';
import test from 'node:test';
import { search } from '../src/search.js';

const aLink = (id, fields) => ({
  id,
  url: 'https://example.org/',
  title: '',
  note: '',
  tags: [],
  read: false,
  createdAt: `2026-01-0${id}T00:00:00.000Z`,
  ...fields,
});

const links = [
  aLink('1', { title: 'Crème brûlée', tags: ['cooking'], read: true }),
  aLink('2', { title: 'Grid layout', note: 'The CSS one', tags: ['css', 'web'] }),
  aLink('3', { title: 'Flexible boxes', url: 'https://css.example/', tags: ['web'] }),
];

const ids = (query) => search(links, query).map((link) => link.id);

test('without a filter everything comes, newest first', () => {
  assert.deepEqual(ids(), ['3', '2', '1']);
});

test('a word is found in title, address, note and tags', () => {
  assert.deepEqual(ids({ q: 'css' }), ['3', '2']);
  assert.deepEqual(ids({ q: 'boxes' }), ['3']);
});

test('capitals and accents make no difference', () => {
  assert.deepEqual(ids({ q: 'CREME Brulee' }), ['1']);
});

test('all words must be there', () => {
  assert.deepEqual(ids({ q: 'grid css' }), ['2']);
  assert.deepEqual(ids({ q: 'grid cooking' }), []);
});

test('tag and read filter together with the words', () => {
  assert.deepEqual(ids({ tag: 'Web' }), ['3', '2']);
  assert.deepEqual(ids({ tag: 'web', q: 'grid' }), ['2']);
  assert.deepEqual(ids({ read: true }), ['1']);
});

test('what is searched in is not reordered', () => {
  search(links);
  assert.deepEqual(
    links.map((link) => link.id),
    ['1', '2', '3'],
  );
});
