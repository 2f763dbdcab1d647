import { randomUUID } from 'node:crypto';
import { TOKEN } from './a-server.ts';
import { github, JSON_TYPE, linear, type Asked } from './asked.ts';

const PROJECT = '/v1/projects/PROJECT';

function portOf(own: string): string {
  return own.split(':')[1] ?? '';
}

/** [what, the request, its answer] */
export const CASES: readonly (readonly [string, Asked | ((own: string) => Asked), number])[] = [
  ['our address', {}, 200],
  ['localhost', (own) => ({ headers: { host: `localhost:${portOf(own)}` } }), 200],
  [
    'a name of others that leads here',
    (own) => ({ headers: { host: `evil.example:${portOf(own)}` } }),
    421,
  ],
  [
    'a name that begins like ours',
    (own) => ({ headers: { host: `localhost.evil.example:${portOf(own)}` } }),
    421,
  ],
  [
    'a name that ends like ours',
    (own) => ({ headers: { host: `evil-localhost:${portOf(own)}` } }),
    421,
  ],
  ['ours with another port', { headers: { host: '127.0.0.1:1' } }, 421],
  ['ours without a port', { headers: { host: '127.0.0.1' } }, 421],
  ['another address', (own) => ({ headers: { host: `10.0.0.1:${portOf(own)}` } }), 421],
  ['the address of everything', (own) => ({ headers: { host: `0.0.0.0:${portOf(own)}` } }), 421],
  ['a host that is no name', { headers: { host: 'a b' } }, 421],
  ['a host with a user', (own) => ({ headers: { host: `me@${own}` } }), 421],
  ['two hosts in one', (own) => ({ headers: { host: `${own}, evil.example` } }), 421],
  ['a wrong host for health', { path: '/health', headers: { host: 'evil.example' } }, 421],
  [
    'a wrong host for the page',
    { path: '/', headers: { host: 'evil.example', accept: 'text/html' } },
    421,
  ],
  ['a wrong host for events', { path: '/v1/events', headers: { host: 'evil.example' } }, 421],
  [
    'a wrong host for a webhook',
    { method: 'POST', path: '/v1/webhooks/linear', headers: { host: 'evil.example' } },
    421,
  ],
  ['a wrong host for nothing', { path: '/nowhere', headers: { host: 'evil.example' } }, 421],
  ['our own origin', (own) => ({ headers: { origin: `http://${own}` } }), 200],
  ['a foreign origin', { headers: { origin: 'https://evil.example' } }, 403],
  ['no origin at all, said', { headers: { origin: 'null' } }, 403],
  ['our origin on another port', { headers: { origin: 'http://127.0.0.1:1' } }, 403],
  [
    'a foreign origin that posts',
    { method: 'POST', path: `${PROJECT}/stop`, headers: { origin: 'https://evil.example' } },
    403,
  ],
  [
    'a foreign origin for events',
    { path: '/v1/events', headers: { origin: 'https://evil.example' } },
    403,
  ],
  [
    'a foreign origin that asks first',
    {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    },
    403,
  ],
  [
    'a foreign origin for health',
    { path: '/health', headers: { origin: 'https://evil.example' } },
    403,
  ],
  [
    'a page elsewhere',
    { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } },
    403,
  ],
  ['a page of a neighbour', { headers: { 'sec-fetch-site': 'same-site' } }, 403],
  ['our own page', { headers: { 'sec-fetch-site': 'same-origin' } }, 200],
  [
    'a link to the page',
    {
      path: '/',
      headers: {
        accept: 'text/html',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
      },
    },
    200,
  ],
  [
    'a link to data',
    { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } },
    403,
  ],
  ['no token', { headers: { authorization: '' } }, 401],
  ['another scheme', { headers: { authorization: `Basic ${TOKEN}` } }, 401],
  ['half a token', { headers: { authorization: `Bearer ${TOKEN.slice(0, -1)}` } }, 401],
  ['more than the token', { headers: { authorization: `Bearer ${TOKEN}x` } }, 401],
  [
    'the token in the URL',
    { path: `/v1/projects?token=${TOKEN}`, headers: { authorization: '' } },
    401,
  ],
  ['the token in a cookie', { headers: { authorization: '', cookie: `token=${TOKEN}` } }, 401],
  ['no token for events', { path: '/v1/events', headers: { authorization: '' } }, 401],
  ['no token for metrics', { path: '/metrics', headers: { authorization: '' } }, 401],
  [
    'no token for details of health',
    { path: '/health/detailed', headers: { authorization: '' } },
    401,
  ],
  ['no token for the original paths', { path: '/projects', headers: { authorization: '' } }, 401],
  [
    'no token to stop',
    { method: 'POST', path: `${PROJECT}/stop`, headers: { authorization: '' } },
    401,
  ],
  ['no token for what is not there', { path: '/v1/nowhere', headers: { authorization: '' } }, 401],
  ['no token for health', { path: '/health', headers: { authorization: '' } }, 200],
  ['an address that is none', { path: '/v1/nowhere' }, 404],
  ['a method that is none there', { method: 'PUT' }, 404],
  ['TRACE', { method: 'TRACE' }, 404],
  [
    'a form',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'name=x',
    },
    415,
  ],
  [
    'plain text',
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"name":"x"}' },
    415,
  ],
  [
    'a file',
    {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x--',
    },
    415,
  ],
  ['no type', { method: 'POST', body: '{"name":"x"}' }, 415],
  ['no JSON', { method: 'POST', headers: JSON_TYPE, body: '{name' }, 400],
  ['no UTF-8', { method: 'POST', headers: JSON_TYPE, body: Buffer.from([0x22, 0xff, 0x22]) }, 400],
  ['a list', { method: 'POST', headers: JSON_TYPE, body: '[]' }, 400],
  [
    'an unknown key',
    { method: 'POST', headers: JSON_TYPE, body: '{"name":"x","sandbox":"none"}' },
    400,
  ],
  [
    '__proto__',
    { method: 'POST', headers: JSON_TYPE, body: '{"name":"x","__proto__":{"idea":"y"}}' },
    400,
  ],
  [
    'constructor',
    { method: 'POST', headers: JSON_TYPE, body: '{"name":"x","constructor":{"prototype":{}}}' },
    400,
  ],
  ['very deep', { method: 'POST', headers: JSON_TYPE, body: '['.repeat(100_000) }, 400],
  [
    'over a megabyte',
    { method: 'POST', headers: JSON_TYPE, body: Buffer.alloc(1_100_000, 0x20) },
    413,
  ],
  ['huge headers', { headers: { 'x-long': 'x'.repeat(70_000) } }, 431],
  ['a name that climbs', { method: 'POST', headers: JSON_TYPE, body: '{"name":".."}' }, 422],
  ['a name with a slash', { method: 'POST', headers: JSON_TYPE, body: '{"name":"a/b"}' }, 422],
  [
    'a folder outside',
    { method: 'POST', headers: JSON_TYPE, body: '{"name":"x","directory":"/etc"}' },
    422,
  ],
  [
    'a folder that climbs',
    { method: 'POST', headers: JSON_TYPE, body: '{"name":"x","directory":"a/../../x"}' },
    422,
  ],
  [
    'a hidden folder',
    { method: 'POST', headers: JSON_TYPE, body: '{"name":"x","directory":"shop/.git"}' },
    422,
  ],
  [
    'a folder in another project',
    { method: 'POST', headers: JSON_TYPE, body: '{"name":"x","directory":"shop/x"}' },
    409,
  ],
  ['a name that is taken', { method: 'POST', headers: JSON_TYPE, body: '{"name":"shop"}' }, 409],
  ['a control character', { method: 'POST', headers: JSON_TYPE, body: '{"name":"a\\u0007"}' }, 400],
  ['a page that climbs', { path: '/assets/../../../package.json' }, 403],
  ['a page that climbs in disguise', { path: '/assets/%2e%2e%2f%2e%2e%2fpackage.json' }, 403],
  ['a page with a zero', { path: '/assets/%00' }, 400],
  ['a project that is none', { path: `/v1/projects/${randomUUID()}` }, 404],
  ['an id that is none', { path: '/v1/projects/1' }, 400],
  ['a quoted id', { path: `/v1/projects/'or'1` }, 400],
  ['an item of nobody', { path: `${PROJECT}/work-items/NO-1` }, 404],
  ['a session of nobody', { path: `${PROJECT}/sessions/${randomUUID()}/transcript` }, 404],
  ['a session that climbs', { path: `${PROJECT}/sessions/..%2F..%2Fx/transcript` }, 400],
  ['an approval of nobody', { path: `${PROJECT}/approvals/none` }, 404],
  ['a diff that is an option', { path: `${PROJECT}/diff/--output=x` }, 400],
  [
    'an answer that names no state',
    { method: 'POST', path: `${PROJECT}/approve`, headers: JSON_TYPE, body: '{}' },
    428,
  ],
  [
    'an answer to nothing',
    {
      method: 'POST',
      path: `${PROJECT}/approve`,
      headers: { ...JSON_TYPE, 'if-match': `"${'a'.repeat(64)}"` },
      body: '{}',
    },
    409,
  ],
  ['an event that is none', { path: `${PROJECT}/events?after=x` }, 400],
  ['a cursor that is none', { path: '/v1/projects?cursor=AAAA' }, 400],
  ['a page of millions', { path: '/v1/projects?limit=1000000' }, 400],
  [
    'a key that is none',
    { method: 'POST', path: `${PROJECT}/pause`, headers: { 'idempotency-key': 'a b' } },
    400,
  ],
  [
    'a webhook without a signature',
    {
      method: 'POST',
      path: '/v1/webhooks/linear',
      headers: { ...JSON_TYPE, authorization: '' },
      body: '{}',
    },
    401,
  ],
  ['a webhook of another secret', () => linear('other', Date.now()), 401],
  ['a webhook of an hour ago', () => linear('linear-secret', Date.now() - 3_600_000), 401],
  ['a webhook of an hour ahead', () => linear('linear-secret', Date.now() + 3_600_000), 401],
  ['a webhook as it should be', () => linear('linear-secret', Date.now()), 202],
  [
    'a webhook of GitHub without a signature',
    { method: 'POST', path: '/v1/webhooks/github', headers: JSON_TYPE, body: '{}' },
    401,
  ],
  ['a webhook of GitHub of another secret', () => github('other', randomUUID()), 401],
  ['a webhook of GitHub as it should be', () => github('hub-secret', randomUUID()), 202],
];
