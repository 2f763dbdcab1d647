import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';

const FOLDER = new URL('features/', import.meta.url);

/** Each file of `features/` may have `routes` ("GET /path" to a function) and a `section(ledger)` of the page. */
async function features() {
  const names = readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map(({ name }) => name)
    .toSorted();
  return Promise.all(names.map((name) => import(new URL(name, FOLDER))));
}

/** The whole application over a store; not listening yet. */
export async function createLedger(store) {
  const all = await features();
  return createServer(async (request, response) => {
    const { status, type, body, headers } = await answered(all, { store, request });
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  });
}

const PLAIN = { status: 200, type: 'text/html; charset=utf-8', body: '', headers: {} };

async function answered(all, visit) {
  try {
    return { ...PLAIN, ...(await answer(all, visit)) };
  } catch (error) {
    return { ...PLAIN, status: error instanceof RangeError ? 413 : 500, body: 'That went wrong.' };
  }
}

async function answer(all, { store, request }) {
  const url = new URL(request.url, 'http://ledger');
  const name = `${request.method} ${url.pathname}`;
  const route = all.map((feature) => feature.routes?.[name]).find((one) => one !== undefined);
  const ledger = { store, url, body: await bodyOf(request) };
  if (route !== undefined) return route(ledger);
  if (name !== 'GET /') return { status: 404, body: 'Not found' };
  const sections = all.map((feature) => feature.section?.(ledger) ?? '').join('\n');
  const head = all.map((feature) => feature.head ?? '').join('\n');
  return { body: page(head, sections) };
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 65_536) throw new RangeError('The body is too long.');
  }
  return new URLSearchParams(text);
}

function page(head, sections) {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pocket Ledger</title>
${head}</head>
<body><main><h1>Pocket Ledger</h1>
${sections}
</main></body>
</html>
`;
}

/** Text of others inside a page. */
export function escaped(text) {
  return String(text).replaceAll(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
}
