import { createServer } from 'node:http';
import { features } from './features.js';
import { findRoute, HttpError, readJson, send } from './http.js';
import { staticFile } from './static.js';

/**
 * The whole application as an HTTP server that is not listening yet.
 * @param {{ store: object, clock?: () => Date }} deps
 */
export async function createApp({ store, clock = () => new Date() }) {
  const modules = await Promise.all(features.map((path) => import(path)));
  const routes = modules.flatMap((module) => module.routes);
  return createServer(async (request, response) => {
    try {
      send(response, await answer(request, { routes, store, clock }));
    } catch (error) {
      sendError(response, error);
    }
  });
}

async function answer(request, { routes, store, clock }) {
  const url = new URL(request.url, 'http://localhost');
  const found = findRoute(routes, request.method, url.pathname);
  if (!found) return fileOr404(request, url.pathname);
  const { route, params } = found;
  const body = route.method === 'POST' || route.method === 'PATCH' ? await readJson(request) : null;
  return route.handle({
    params,
    body,
    query: url.searchParams,
    headers: request.headers,
    store,
    clock,
  });
}

async function fileOr404(request, path) {
  const file = await staticFile(path);
  if (!file) throw new HttpError(404, `There is nothing at ${path}.`);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new HttpError(405, 'Use GET.', { headers: { allow: 'GET' } });
  return file;
}

/** What went wrong inside stays inside. */
function sendError(response, error) {
  const known = error instanceof HttpError ? error : new HttpError(500, 'Something went wrong.');
  const fields = known.fields ? { fields: known.fields } : {};
  send(response, {
    status: known.status,
    headers: { ...known.headers, connection: 'close' },
    json: { error: known.message, ...fields },
  });
}
