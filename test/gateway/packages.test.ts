import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PUBLIC_NPM, PUBLIC_NPM_NAMES, PUBLIC_PYPI } from '../../src/domain/registries.ts';
import { createPackages } from '../../src/gateway/packages.ts';
import type { PackagesOrder } from '../../src/gateway/packages.ts';
import type { PackageWire } from '../../src/workspaces/environment/open-environments.ts';
import { serveHttp } from '../support/loopback.ts';

const PUBLIC = {
  npm: PUBLIC_NPM,
  scopes: {},
  pypi: PUBLIC_PYPI,
};
const IN_BOX = 'http://127.0.0.1:8377';

test('links of a scope’s registry lead back to it', async () => {
  await using bench = await aBench((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(`"${bench.url}/private/blobs/1.tgz"`);
  });
  const { text } = await bench.get('/@acme%2fname');
  expect(text).toBe(`"${IN_BOX}/_scope/acme/blobs/1.tgz"`);
  expect(bench.requests[0]?.url).toBe('/private/@acme%2fname');
});

test('I7 a registry’s credential goes to its own URLs, the most special one, and never into the box', async () => {
  await using bench = await aBench((_, response) => void response.end('{}'));
  for (const path of ['/x', '/@acme%2fname']) await bench.get(path);
  const sent = bench.requests.map(({ headers }) => headers.authorization);
  expect(sent).toEqual(['Bearer general', 'Bearer special']);
  expect(JSON.stringify(bench.wire)).not.toMatch(/general|special/u);
});

describe('the wire', () => {
  test('links to the registry lead back to the wire; all else in the answer stays', async () => {
    await using bench = await aBench(({ url }, response) => {
      response.setHeader('content-type', 'application/json');
      if (url === '/gz') response.setHeader('content-encoding', 'gzip');
      response.end(url === '/gz' ? gzipSync(metadata(bench.url)) : metadata(bench.url));
    });
    for (const path of ['/x', '/gz']) expect((await bench.get(path)).text).toBe(metadata(IN_BOX));
  });

  test('a link that arrives in pieces is found', async () => {
    await using bench = await aBench(async (_, response) => {
      response.setHeader('content-type', 'text/html');
      const page = `<a href="${bench.url}/simple/x/">x</a><a href='${bench.url}/y'>y</a>`;
      for (const char of page) {
        response.write(char);
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const { text } = await bench.get('/_pypi/simple/x/');
    const to = `${IN_BOX}/_pypi`;
    expect(text).toBe(`<a href="${to}/simple/x/">x</a><a href='${to}/y'>y</a>`);
  });

  test('an archive passes as it is, whatever it is called', async () => {
    await using bench = await aBench((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(`"${bench.url}/"`);
    });
    const answer = await bench.get('/x/-/x-1.0.0.tgz');
    expect(answer.text).toBe(`"${bench.url}/"`);
    expect(answer.headers['content-length']).toBe(String(answer.text.length));
  });

  test('I7 packages are read, nothing else, and nothing of the client goes along', async () => {
    await using bench = await aBench((_, response) => void response.end('{}'));
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await bench.get('/x', { method })).status).toBe(405);
    expect(bench.requests).toEqual([]);
    const headers = { authorization: 'Bearer t', cookie: 'c', accept: 'a/b', 'x-data': 'd' };
    expect((await bench.get('/x', { method: 'HEAD', headers })).status).toBe(200);
    expect((await bench.get('/x', { headers })).status).toBe(200);
    expect(bench.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
    expect(bench.requests[1]?.headers).toMatchObject({ accept: 'a/b' });
    expect(JSON.stringify(bench.requests[1]?.headers)).not.toMatch(/Bearer t|cookie|x-data/u);
  });

  test('no CONNECT and no absolute address reaches another host', async () => {
    await using bench = await aBench((_, response) => void response.end('{}'));
    await using other = await aBench((_, response) => void response.end('{}'));
    expect((await bench.get(`${other.url}/x`)).status).toBe(400);
    const connecting = http.request({
      socketPath: bench.socket,
      method: 'CONNECT',
      path: new URL(other.url).host,
    });
    connecting.end();
    const [error] = await once(connecting, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect([...bench.requests, ...other.requests]).toEqual([]);
  });

  test('a redirect is followed on the same host only', async () => {
    await using other = await aBench((_, response) => void response.end('theirs'));
    await using bench = await aBench(({ url }, response) => {
      if (url === '/far') response.writeHead(302, { location: `${other.url}/x` }).end();
      else if (url === '/round') response.writeHead(302, { location: '/round' }).end();
      else if (url === '/Flask') response.writeHead(301, { location: '/flask' }).end();
      else response.end('ours');
    });
    expect((await bench.get('/Flask')).text).toBe('ours');
    expect(await bench.get('/far')).toMatchObject({
      status: 502,
      text: expect.stringContaining('redirects elsewhere'),
    });
    expect((await bench.get('/round')).text).toContain('redirects too often');
    expect(other.requests).toEqual([]);
    expect(new Set(bench.asked)).toEqual(new Set([new URL(bench.url).host]));
  });

  test('an answer that is too long never looks whole', async () => {
    await using bench = await aBench(
      ({ url }, response) => {
        if (url === '/told.tgz') response.setHeader('content-length', 2000);
        response.write('x'.repeat(500));
        response.end('x'.repeat(1500));
      },
      { maxBytes: 1000 },
    );
    expect(await bench.get('/told.tgz')).toMatchObject({ status: 502, whole: true });
    expect(await bench.get('/untold.tgz')).toMatchObject({ whole: false });
  });

  test('an answer that breaks off never looks whole', async () => {
    await using bench = await aBench((_, response) => {
      response.write('half', () => response.destroy());
    });
    expect(await bench.get('/x.tgz')).toMatchObject({ whole: false });
  });

  test('refusals of the registry arrive, and one that is not there is named', async () => {
    await using bench = await aBench((_, response) => void response.writeHead(404).end('none'));
    expect(await bench.get('/x')).toMatchObject({ status: 404, text: 'none' });
    expect(bench.wire.troubles()).toEqual([]);
    const gone = new URL(bench.url).host;
    await bench.stopRegistry();
    const { status, text } = await bench.get('/x');
    expect(status).toBe(502);
    expect(text).toContain(`${gone} could not be asked`);
    expect(text).toContain('ECONNREFUSED');
    expect(bench.wire.troubles()).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  test('I7 its socket is for this user alone; closing ends what is under way', async () => {
    const arrived = Promise.withResolvers<void>();
    const bench = await aBench(() => arrived.resolve());
    expect((await stat(bench.socket)).mode & 0o777).toBe(0o600);
    const hanging = bench.get('/x');
    await arrived.promise;
    await bench[Symbol.asyncDispose]();
    expect(await hanging).toMatchObject({ whole: false });
    await expect(stat(bench.socket)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('without walls it listens on loopback, and its variables and links say so', async () => {
    await using bench = await aBench(
      (_, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(`"${bench.url}/x.tgz"`);
      },
      { sealed: false },
    );
    const base = bench.wire.env['npm_config_registry'] ?? '';
    expect(bench.wire.socket).toBeNull();
    expect(base).toMatch(/^http:\/\/127\.0\.0\.1:(?!8377)\d+\/$/u);
    expect(await (await fetch(`${base}x`)).json()).toBe(`${base}x.tgz`);
  });

  test('lock files that name a public registry lead to the operator’s own', async () => {
    await using bench = await aBench(() => undefined);
    expect(bench.wire.mirrors).toContainEqual({
      from: PUBLIC_NPM_NAMES[0],
      to: `${IN_BOX}/`,
    });
    expect(bench.wire.env).toMatchObject({
      npm_config_registry: `${IN_BOX}/`,
      PIP_INDEX_URL: `${IN_BOX}/_pypi/simple`,
    });
  });

  test('one that was never used has nothing to close', async () => {
    const packages = createPackages({
      registries: PUBLIC,
      credentials: [],
      folder: '/nowhere',
      sealed: true,
    });
    await expect(packages[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});

/** What the registries of the bench are paid with: the scope's own, and one for all else. */
function credentialsOf(host: string): PackagesOrder['credentials'] {
  return [
    { start: `//${host}/`, header: 'Bearer general' },
    { start: `//${host}/private/`, header: 'Bearer special' },
    { start: '//elsewhere.example/', header: 'Bearer theirs' },
  ];
}

/** A registry's answer with one link to itself. */
function metadata(base: string): string {
  return JSON.stringify({ tarball: `${base}/x/-/x.tgz`, home: 'https://evil.example/', name: 'ü' });
}

interface Bench extends AsyncDisposable {
  readonly url: string;
  readonly socket: string;
  readonly wire: PackageWire;
  readonly requests: http.IncomingMessage[];
  readonly asked: string[];
  get(path: string, options?: http.RequestOptions): Promise<Answer>;
  stopRegistry(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** It ended as it should, not by a broken connection. */
  readonly whole: boolean;
}

/** A wire in front of a registry on loopback that answers as given. */
async function aBench(
  listener: RequestListener,
  options: Partial<Pick<PackagesOrder, 'maxBytes' | 'sealed'>> = {},
): Promise<Bench> {
  const requests: http.IncomingMessage[] = [];
  const registry = await serveHttp((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  const { url } = registry;
  const folder = await mkdtemp(join(tmpdir(), 'harness-packages-'));
  const asked: string[] = [];
  const registries = {
    npm: `${url}/`,
    scopes: { '@acme': `${url}/private/` },
    pypi: `${url}/simple/`,
  };
  const packages = createPackages({
    sealed: true,
    credentials: credentialsOf(new URL(url).host),
    ...options,
    registries,
    folder,
  });
  const wire = await packages.wire((host) => void asked.push(host));
  const socket = wire.socket ?? '';
  return {
    url,
    socket,
    wire,
    requests,
    asked,
    stopRegistry: registry.close,
    get: (path, extra = {}) => get({ socketPath: socket, path, agent: false, ...extra }),
    async [Symbol.asyncDispose]() {
      await packages[Symbol.asyncDispose]();
      await registry.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function get(options: http.RequestOptions): Promise<Answer> {
  return new Promise((resolve) => {
    let answer: http.IncomingMessage | undefined;
    let text = '';
    const done = (whole: boolean): void =>
      resolve({ status: answer?.statusCode ?? 0, headers: answer?.headers ?? {}, text, whole });
    const request = http.request(options, (response) => {
      answer = response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => done(true));
      response.on('error', () => done(false));
    });
    request.on('error', () => done(false));
    request.end();
  });
}
