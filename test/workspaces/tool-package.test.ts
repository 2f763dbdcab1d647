import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPackages, type Packages } from '../../src/gateway/packages.ts';
import { findToolchains } from '../../src/safety/toolchains.ts';
import {
  openEnvironments,
  type Environments,
} from '../../src/workspaces/environment/open-environments.ts';
import {
  installToolPackage,
  type ToolPackage,
} from '../../src/workspaces/environment/tool-package.ts';
import { aToolRegistry, type ToolRegistry } from '../gateway/mcp/a-tool-package.ts';
import { aBox, SYSTEM_PATH, unsealable, type Place } from '../safety/a-box.ts';

describe.skipIf(unsealable)(
  `packages of MCP servers (skipped without ${unsealable ?? 'a reason'})`,
  () => {
    let place: Place;
    let registry: ToolRegistry;
    let packages: Packages;
    let environments: Environments;
    let asked: (string | null)[][];

    beforeEach(async () => {
      place = await aBox();
      registry = await aToolRegistry(place.root);
      asked = [];
      const registries = { npm: registry.url, scopes: {}, pypi: null };
      const folder = join(place.root, 'w');
      packages = createPackages({ registries, credentials: [], folder, sealed: true });
      const query = { path: SYSTEM_PATH, home: homedir(), node: process.execPath };
      let number = 0;
      const kept = join(place.root, 'environments');
      await mkdir(kept);
      environments = openEnvironments({
        box: place.box,
        folder: kept,
        toolchains: await findToolchains(query),
        newId: () => String((number += 1)),
        maker: 'me',
        now: () => Date.now(),
      });
    });
    afterEach(async () => {
      await packages[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    });

    const installed = (spec = '@acme/notes@1.2.3'): Promise<ToolPackage> =>
      installToolPackage(environments, {
        package: spec,
        folder: join(place.root, 'mcp'),
        openWire: () => packages.wire((...told) => void asked.push(told)),
      });

    test('R-134 it is installed sealed and once, from the operator’s registry, and no script of it runs', async () => {
      const { entry, folder, integrity } = await installed();
      expect(await readFile(entry, 'utf8')).toContain('Lists notes.');
      expect(integrity).toMatch(/^sha512-/u);
      expect(existsSync(join(folder, 'node_modules/@acme/notes/built'))).toBe(false);
      expect(new Set(asked.flat())).toEqual(new Set([new URL(registry.url).host, null]));
      const before = registry.requests.length;
      expect(await installed()).toEqual({ entry, folder, integrity });
      expect(registry.requests).toHaveLength(before);
      const [lock = ''] = await readdir(join(place.root, 'mcp'));
      expect(await readFile(join(place.root, 'mcp', lock), 'utf8')).not.toContain('resolved');
    });

    test('I8 another content under the same version is never started', async () => {
      await installed();
      await rm(join(place.root, 'environments'), { recursive: true });
      await mkdir(join(place.root, 'environments'));
      await registry.replace();
      await expect(installed()).rejects.toMatchObject({
        code: 'MCP_INSTALL',
        message: expect.stringMatching(/EINTEGRITY/u),
      });
    });

    test('one that the registry does not have is told of', async () => {
      await expect(installed('@acme/other@1.0.0')).rejects.toMatchObject({
        code: 'MCP_INSTALL',
        message: expect.stringMatching(/@acme\/other@1\.0\.0 could not be installed[^]*404/u),
      });
    });
  },
);
