import { escaped } from '../server.js';

export const routes = {
  'POST /remove': ({ store, body }) =>
    store.remove(Number(body.get('id')))
      ? { status: 303, headers: { location: '/' } }
      : { status: 404, body: 'There is no such entry.' },
};

export function section({ store }) {
  const options = store
    .list()
    .map(({ id, what }) => `<option value="${id}">${escaped(what)}</option>`)
    .join('');
  if (options === '') return '';
  return `<form method="post" action="/remove"><label>Remove <select name="id">${options}</select></label><button>Remove</button></form>`;
}
