import assert from 'node:assert/strict';
import test from 'node:test';
import { readChange, readLink } from '../src/link.js';

test('only the address is needed', () => {
  assert.deepEqual(readLink({ url: ' https://example.org/a ' }).link, {
    url: 'https://example.org/a',
    title: 'example.org',
    note: '',
    tags: [],
    read: false,
  });
});

test('tags are lower case, each once, in order', () => {
  const { link } = readLink({ url: 'https://example.org', tags: ['Web', ' css', 'web'] });
  assert.deepEqual(link.tags, ['css', 'web']);
});

test('an address that a browser would run is refused', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '', 7, null])
    assert.ok(readLink({ url }).errors.url, String(url));
});

test('every wrong field is named', () => {
  const { errors } = readLink({
    url: 'no',
    title: 'x'.repeat(201),
    note: 7,
    tags: [''],
    read: 'yes',
  });
  assert.deepEqual(Object.keys(errors), ['url', 'title', 'note', 'tags', 'read']);
});

test('unknown fields are dropped', () => {
  assert.equal('id' in readLink({ url: 'https://example.org', id: '7' }).link, false);
});

test('a change holds only what was given', () => {
  assert.deepEqual(readChange({ read: true }), { link: { read: true } });
  assert.deepEqual(readChange({ title: ' New ' }), { link: { title: 'New' } });
});

test('an empty change and an empty title are refused', () => {
  assert.ok(readChange({}).errors.body);
  assert.ok(readChange({ title: ' ' }).errors.title);
});
