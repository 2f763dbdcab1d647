import assert from 'node:assert/strict';
import test from 'node:test';
import { startApp } from './support/app.js';

const aLink = (id, fields) => ({
  id,
  url: `https://example.org/${id}`,
  title: 'A title',
  note: '',
  tags: [],
  createdAt: new Date(1_700_000_000_000 + Number(id)).toISOString(),
  ...fields,
});

const feedOf = async (t, ...links) => {
  const call = await startApp(t, { store: { list: () => links } });
  return call('GET', '/feed.xml');
};

test('the feed has the newest links first', async (t) => {
  const { status, headers, body } = await feedOf(t, aLink('1'), aLink('2'));
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^application\/rss\+xml/);
  assert.ok(body.indexOf('example.org/2') < body.indexOf('example.org/1'));
});

test('what people typed cannot break the feed', async (t) => {
  const { body } = await feedOf(t, aLink('1', { title: '</title><b>"A" & \'B\'', tags: ['<x>'] }));
  assert.match(body, /<title>&lt;\/title&gt;&lt;b&gt;&quot;A&quot; &amp; &apos;B&apos;<\/title>/);
  assert.match(body, /<category>&lt;x&gt;<\/category>/);
});

test('at most thirty links are in it', async (t) => {
  const links = Array.from({ length: 40 }, (_, index) => aLink(String(index + 1)));
  const { body } = await feedOf(t, ...links);
  assert.equal(body.split('<item>').length - 1, 30);
});
