import { HttpError } from '../http.js';
import { readChange, readLink } from '../link.js';
import { search } from '../search.js';

/** Create, list, update and delete links: what the page and other programs use. */
export const routes = [
  { method: 'GET', path: '/api/links', handle: list },
  { method: 'POST', path: '/api/links', handle: create },
  { method: 'GET', path: '/api/links/:id', handle: show },
  { method: 'PATCH', path: '/api/links/:id', handle: update },
  { method: 'DELETE', path: '/api/links/:id', handle: remove },
];

const PAGE = 100;

async function list({ query, store }) {
  const found = search(store.list(), {
    q: query.get('q') ?? '',
    tag: query.get('tag') ?? undefined,
    read: oneOf('read', query.get('read'), { true: true, false: false }),
  });
  const offset = Number(query.get('offset') ?? 0);
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new HttpError(400, 'offset is a whole number from 0.');
  return { json: { links: found.slice(offset, offset + PAGE), total: found.length } };
}

function oneOf(name, value, choices) {
  if (value === null) return undefined;
  if (Object.hasOwn(choices, value)) return choices[value];
  throw new HttpError(400, `${name} is one of ${Object.keys(choices).join(', ')}.`);
}

async function create({ body, store, clock }) {
  const { link, errors } = readLink(body);
  if (errors) throw unprocessable(errors);
  refuseTwice(store, link.url);
  const saved = await store.add({ ...link, createdAt: clock().toISOString() });
  return { status: 201, headers: { location: `/api/links/${saved.id}` }, json: saved };
}

async function show({ params, store }) {
  return { json: orMissing(store.get(params.id), params.id) };
}

async function update({ params, body, store }) {
  const { link, errors } = readChange(body);
  if (errors) throw unprocessable(errors);
  if (link.url !== store.get(params.id)?.url) refuseTwice(store, link.url);
  return { json: orMissing(await store.update(params.id, link), params.id) };
}

async function remove({ params, store }) {
  if (!(await store.remove(params.id))) orMissing(undefined, params.id);
  return { status: 204 };
}

function refuseTwice(store, url) {
  if (store.list().some((link) => link.url === url))
    throw new HttpError(409, 'This address is on the list already.');
}

function orMissing(link, id) {
  if (link) return link;
  throw new HttpError(404, `There is no link ${id}.`);
}

function unprocessable(fields) {
  return new HttpError(422, 'Some fields are wrong.', { fields });
}
