import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { PUBLIC_NPM } from '../../src/domain/registries.ts';
import type { TreeFiles } from '../../src/workspaces/environment/recipe.ts';
import { serveHttp } from '../support/loopback.ts';

export interface Registry extends AsyncDisposable {
  /** Base URL on loopback. */
  readonly url: string;
  /** Unix socket whose other side is the registry on loopback. */
  readonly socket: string;
  readonly requests: string[];
  /** `sha512-…` of the one tarball. */
  readonly integrity: string;
}

const MANIFEST = {
  name: 'tiny-adder',
  version: '1.2.3',
  main: 'index.js',
  bin: { add: 'add.js' },
  scripts: { postinstall: "node -e \"require('fs').writeFileSync('built', 'yes')\"" },
};

/** A package registry with one package, `tiny-adder`, whose postinstall writes a file. */
export async function aRegistry(folder: string): Promise<Registry> {
  const tarball = await packed(join(folder, 'registry'));
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const requests: string[] = [];
  const registry = await serveHttp((request, response) => {
    const url = request.url ?? '';
    requests.push(url);
    if (url.endsWith('.tgz')) response.end(tarball);
    else if (url.startsWith('/tiny-adder'))
      response.end(JSON.stringify(packument(integrity, request.headers.host)));
    else response.writeHead(404).end('{}');
  });
  const socket = join(folder, 'wire', 'packages.sock');
  await mkdir(join(folder, 'wire'));
  const proxy = createServer((near) => {
    const far = connect(registry.port, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  proxy.listen(socket);
  await once(proxy, 'listening');
  return {
    url: `${registry.url}/`,
    socket,
    requests,
    integrity,
    [Symbol.asyncDispose]: async () => {
      await registry.close();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

async function packed(folder: string): Promise<Buffer> {
  await mkdir(join(folder, 'package'), { recursive: true });
  await writeFile(join(folder, 'package', 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(join(folder, 'package', 'index.js'), 'module.exports = (a, b) => a + b;\n');
  await writeFile(join(folder, 'package', 'add.js'), '#!/usr/bin/env node\nconsole.log(1 + 1);\n');
  execFileSync('tar', ['-czf', 'tiny.tgz', 'package'], { cwd: folder });
  return readFile(join(folder, 'tiny.tgz'));
}

function packument(integrity: string, host = ''): unknown {
  const tarball = `http://${host}/tiny-adder/-/tiny-adder-1.2.3.tgz`;
  const version = { ...MANIFEST, dist: { tarball, integrity } };
  const { name } = MANIFEST;
  return { name, 'dist-tags': { latest: '1.2.3' }, versions: { '1.2.3': version } };
}

/** A project that depends on it, locked as npm would lock it against the public registry. */
export function aProjectWithDependency(integrity: string): Readonly<Record<string, string>> {
  const dependencies = { 'tiny-adder': '1.2.3' };
  const root = { name: 'app', version: '1.0.0', dependencies };
  const resolved = `${PUBLIC_NPM}tiny-adder/-/tiny-adder-1.2.3.tgz`;
  const { version, bin } = MANIFEST;
  const locked = { version, resolved, integrity, hasInstallScript: true, bin };
  const packages = { '': root, 'node_modules/tiny-adder': locked };
  const lock = { name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true, packages };
  const scripts = { test: 'node test.js', prepare: 'node build-that-is-no-input.js' };
  return {
    'package.json': JSON.stringify({ ...root, scripts }),
    'package-lock.json': JSON.stringify(lock),
    'test.js': "if (require('tiny-adder')(2, 3) !== 5) process.exit(1);\nconsole.log('adds');\n",
  };
}

export function treeOf(files: Readonly<Record<string, string>>): TreeFiles {
  return {
    paths: Object.keys(files),
    read: async (path) => {
      const text = files[path];
      return text === undefined ? null : Buffer.from(text);
    },
  };
}
