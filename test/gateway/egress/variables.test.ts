import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { filesOf, PUBLIC_NPM, PUBLIC_PYPI } from '../../../src/domain/registries.ts';
import { proxySetup } from '../../../src/gateway/egress/variables.ts';
import { onLoopback } from '../../support/loopback.ts';
import { aGateway, aHost } from './a-proxy.ts';

const REGISTRIES = {
  npm: 'http://default.test/',
  scopes: { '@corp': 'http://corp.test/npm/', '@lost': null },
  pypi: null,
};

/** A proxy that keeps where it was asked to go, and goes nowhere. */
async function aProxy() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '').host);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 403 no\r\n\r\n');
  });
  const { url, close } = await onLoopback(server);
  return { wire: url, asked, [Symbol.asyncDispose]: close };
}

test('I8 npm in a box asks for a scope’s packages at its registry or nowhere, through a shell too', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'npm-'));
  await using proxy = await aProxy();
  const npmrc = join(folder.path, 'npmrc');
  const setup = proxySetup(REGISTRIES, { wire: proxy.wire, token: 't', npmrc, hosts: [] });
  await writeFile(npmrc, setup.npmrc ?? '');
  const env = {
    ...setup.env,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: folder.path,
    npm_config_cache: join(folder.path, 'cache'),
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
  };
  const hostsFor = async (name: string): Promise<readonly string[]> => {
    const failing = promisify(execFile)('/bin/sh', ['-c', `npm view ${name}; exit 7`], {
      env,
      cwd: folder.path,
    });
    await expect(failing).rejects.toMatchObject({ code: 7 });
    return [...new Set(proxy.asked.splice(0))].map((host) => host.replace(/:\d+$/u, ''));
  };
  expect(await hostsFor('@corp/x')).toEqual(['corp.test']);
  expect(await hostsFor('plain')).toEqual(['default.test']);
  expect(await hostsFor('@lost/x')).toEqual(['no-usable-registry.invalid']);
});

test('a sealed session finds npm’s file beside its socket, with scopes and nothing secret', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'npm-'));
  const scopes = { '@corp': 'https://corp.test/npm/', '@own': 'http://localhost:4873/' };
  const registries = { ...REGISTRIES, scopes };
  await using gateway = await aGateway({ hosts: [aHost(443)], registries });
  const wire = await gateway.open({ sealed: true, folder: folder.path });
  const path = join(folder.path, 'npmrc');
  expect(wire.env).toMatchObject({
    npm_config_userconfig: path,
    npm_config_omit_lockfile_registry_resolved: 'true',
  });
  expect(await readFile(path, 'utf8')).toBe(
    '@corp:registry=https://corp.test/npm/\n@own:registry=http://operator.internal:4873/\n',
  );
});

test('what is public needs no word, and what can’t be used is replaced by nobody', () => {
  const box = { wire: 'http://127.0.0.1:8377', token: 't', npmrc: '/nowhere', hosts: [] };
  const publics = {
    npm: PUBLIC_NPM,
    scopes: {},
    pypi: PUBLIC_PYPI,
  };
  const { env, npmrc } = proxySetup(publics, box);
  expect(npmrc).toBe(null);
  expect(Object.keys(env).filter((name) => /registry|userconfig|index/iu.test(name))).toEqual([]);
  expect(proxySetup({ ...publics, npm: null, pypi: null }, box).env).toMatchObject({
    npm_config_registry: 'https://no-usable-registry.invalid/',
    PIP_INDEX_URL: 'https://no-usable-registry.invalid/',
  });
});

test('Node itself is led to the proxy where a host beyond the registries may be reached', () => {
  const publics = {
    npm: PUBLIC_NPM,
    scopes: { '@own': 'http://localhost:4873/' },
    pypi: PUBLIC_PYPI,
  };
  const registries = [
    PUBLIC_NPM,
    PUBLIC_PYPI,
    filesOf(PUBLIC_PYPI) ?? '',
    'http://operator.internal/',
  ];
  const names = registries.map((url) => new URL(url).hostname);
  const led = (hosts: readonly string[]): boolean =>
    'NODE_USE_ENV_PROXY' in
    proxySetup(publics, { wire: 'http://127.0.0.1:8377', token: 't', npmrc: '/n', hosts }).env;
  expect(led(names)).toBe(false);
  expect(led([...names, 'binaries.example.org'])).toBe(true);
});
