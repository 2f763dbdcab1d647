import { format } from '../money.js';
import { escaped } from '../server.js';

/** Cents by category, the largest sum first. */
export function totals(entries) {
  const sums = new Map();
  for (const { category, cents } of entries) sums.set(category, (sums.get(category) ?? 0) + cents);
  return [...sums].toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a));
}

export function section({ store }) {
  const entries = store.list();
  const all = entries.reduce((sum, { cents }) => sum + cents, 0);
  const rows = totals(entries).map(
    ([name, cents]) => `<li>${escaped(name)}: ${format(cents)}</li>`,
  );
  return `<section aria-label="Summary"><h2>Summary</h2><p>Together ${format(all)}</p><ul>${rows.join('')}</ul></section>`;
}
