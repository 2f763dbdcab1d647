import { format, parse } from '../money.js';
import { escaped } from '../server.js';

export const routes = {
  'POST /entries': ({ store, body }) => {
    const [what, cents] = [body.get('what')?.trim(), parse(body.get('amount') ?? '')];
    if (!what || cents === undefined) return { status: 422, body: 'Give a text and an amount.' };
    store.add({ what, cents, category: body.get('category')?.trim() || 'other' });
    return { status: 303, headers: { location: '/' } };
  },
};

export function section({ store, url }) {
  const wanted = url.searchParams.get('category');
  const shown = store.list().filter(({ category }) => !wanted || category === wanted);
  const rows = shown.toReversed().map(rowOf).join('');
  return `<form method="post" action="/entries">
<label>What <input name="what" required></label>
<label>Amount <input name="amount" required inputmode="decimal"></label>
<label>Category <input name="category"></label>
<button>Add</button></form>
<table aria-label="Entries">${rows || '<tr><td>Nothing yet.</td></tr>'}</table>`;
}

function rowOf({ id, what, cents, category }) {
  return `<tr data-id="${id}"><td>${escaped(what)}</td><td>${escaped(category)}</td><td>${format(cents)}</td></tr>`;
}
