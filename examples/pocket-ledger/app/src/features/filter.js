import { escaped } from '../server.js';

export function section({ store, url }) {
  const wanted = url.searchParams.get('category');
  const names = [...new Set(store.list().map(({ category }) => category))].toSorted((a, b) =>
    a.localeCompare(b),
  );
  if (names.length < 2) return '';
  const links = names.map((name) => {
    const current = name === wanted ? ' aria-current="page"' : '';
    return `<a href="/?category=${encodeURIComponent(name)}"${current}>${escaped(name)}</a>`;
  });
  return `<nav aria-label="Categories"><a href="/">all</a> ${links.join(' ')}</nav>`;
}
