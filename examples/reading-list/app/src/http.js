/** An answer that is not the wished one; its message is shown to the caller. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {{ fields?: Record<string, string>, headers?: Record<string, string> }} [more]
   */
  constructor(status, message, more = {}) {
    super(message);
    this.status = status;
    this.fields = more.fields;
    this.headers = more.headers ?? {};
  }
}

const BODY_LIMIT = 64 * 1024;

/** Reads a JSON object from a request: 415, 413 or 400 when it is none. */
export async function readJson(request) {
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim();
  if (type !== 'application/json') throw new HttpError(415, 'Send application/json.');
  const text = await readText(request);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HttpError(400, 'Send a JSON object.');
  return value;
}

async function readText(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new HttpError(413, `Send at most ${BODY_LIMIT} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The body is not valid JSON.');
  }
}

/**
 * Finds the route of a request. A path with another method is a 405 that names the allowed ones;
 * undefined: no route has this path.
 */
export function findRoute(routes, method, path) {
  const matches = routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params ? [{ route, params }] : [];
  });
  if (matches.length === 0) return undefined;
  const wanted = method === 'HEAD' ? 'GET' : method;
  const match = matches.find(({ route }) => route.method === wanted);
  if (match) return match;
  const allow = matches.map(({ route }) => route.method).join(', ');
  throw new HttpError(405, `Use ${allow}.`, { headers: { allow } });
}

/** `/api/links/:id` on `/api/links/7` gives `{ id: '7' }`; undefined when it does not fit. */
function matchPath(pattern, path) {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = given[index];
    else if (part !== given[index]) return undefined;
  }
  return params;
}

const SAFE = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Sends what a route returned: `json` or `text` with a `type`, or nothing. */
export function send(response, { status = 200, headers = {}, json, text, type }) {
  const body = json === undefined ? text : JSON.stringify(json);
  const kind = json === undefined ? type : 'application/json';
  response.writeHead(status, {
    ...SAFE,
    ...headers,
    ...(body === undefined ? {} : { 'content-type': `${kind}; charset=utf-8` }),
    'content-length': body === undefined ? 0 : Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
