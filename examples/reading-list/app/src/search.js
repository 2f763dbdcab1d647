/**
 * The links that hold every word of `q` (in title, address, note or tags), have the tag and are as
 * read as wanted; newest first. What is not given does not filter.
 */
export function search(links, { q = '', tag, read } = {}) {
  const words = plain(q).split(/\s+/).filter(Boolean);
  return links
    .filter((link) => tag === undefined || link.tags.includes(plain(tag)))
    .filter((link) => read === undefined || link.read === read)
    .filter((link) => words.every((word) => textOf(link).includes(word)))
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
}

function textOf({ title, url, note, tags }) {
  return plain([title, url, note, ...tags].join('\n'));
}

/** Capitals and accents make no difference when searching. */
function plain(text) {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
