/** Which tags there are and how often each is used: most used first, then by name. */
export const routes = [
  {
    method: 'GET',
    path: '/api/tags',
    handle: async ({ store }) => ({ json: { tags: count(store.list()) } }),
  },
];

function count(links) {
  const counts = new Map();
  for (const tag of links.flatMap((link) => link.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([name, uses]) => ({ name, uses }))
    .toSorted((a, b) => b.uses - a.uses || a.name.localeCompare(b.name));
}
