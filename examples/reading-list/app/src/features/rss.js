import { search } from '../search.js';

const NEWEST = 30;

/** The newest links for feed readers (RSS 2.0). */
export const routes = [
  {
    method: 'GET',
    path: '/feed.xml',
    handle: async ({ store, headers }) => ({
      type: 'application/rss+xml',
      text: render(search(store.list()).slice(0, NEWEST), `http://${headers.host ?? 'localhost'}/`),
    }),
  },
];

function render(links, home) {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0"><channel>',
    `<title>Reading list</title><link>${escape(home)}</link>`,
    '<description>What the team wants to read</description>',
    ...links.map(renderLink),
    '</channel></rss>',
    '',
  ].join('\n');
}

function renderLink({ url, title, note, tags, createdAt }) {
  return [
    '<item>',
    `<title>${escape(title)}</title><link>${escape(url)}</link>`,
    `<guid>${escape(url)}</guid><pubDate>${new Date(createdAt).toUTCString()}</pubDate>`,
    `<description>${escape(note)}</description>`,
    ...tags.map((tag) => `<category>${escape(tag)}</category>`),
    '</item>',
  ].join('');
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escape(text) {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]);
}
