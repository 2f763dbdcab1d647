import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrowserSettings, Config } from '../../src/config/config.ts';
import type { PhaseName } from '../../src/domain/phase.ts';
import { createPackages } from '../../src/gateway/packages.ts';
import { browserOf, sessionTools } from '../../src/host/tools.ts';
import { findToolchains } from '../../src/safety/toolchains.ts';
import { openEnvironments } from '../../src/workspaces/environment/open-environments.ts';
import { load } from '../config/load.ts';
import { aToolRegistry, type ToolRegistry } from '../gateway/mcp/a-tool-package.ts';
import { aBox, SYSTEM_PATH, unsealable, type Place } from '../safety/a-box.ts';

const BROWSER = { program: '/usr/lib/chromium/chromium', mount: null };
const NOTES: Config['toolPackages'][number] = {
  name: 'notes',
  package: '@acme/notes@1.2.3',
  args: [],
  env: {},
  secrets: [],
  tools: ['list'],
  phases: ['testing'],
};

describe.skipIf(unsealable)(
  `which servers a session gets (skipped without ${unsealable ?? 'a reason'})`,
  () => {
    let place: Place;
    let registry: ToolRegistry;
    let number = 0;

    beforeAll(async () => {
      place = await aBox();
      registry = await aToolRegistry(place.root);
    });
    afterAll(async () => {
      await registry[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    });

    async function given(
      who: { readonly phase: PhaseName; readonly role: string; readonly demo?: boolean },
      use: BrowserSettings['use'],
      toolPackages: Config['toolPackages'] = [],
    ): Promise<readonly string[]> {
      number += 1;
      const folder = join(place.root, String(number));
      const [home, kept] = [join(folder, 'home'), join(folder, 'kept')];
      for (const one of [home, kept]) await mkdir(one, { recursive: true });
      const registries = { npm: registry.url, scopes: {}, pypi: null };
      await using packages = createPackages({ registries, credentials: [], folder, sealed: true });
      const query = { path: SYSTEM_PATH, home: homedir(), node: process.execPath };
      const config = load({ yaml: '' });
      const environments = openEnvironments({
        box: place.box,
        folder: kept,
        toolchains: await findToolchains(query),
        newId: () => String((number += 1)),
        maker: 'me',
        now: () => Date.now(),
      });
      const open = sessionTools(
        { ...config, home, toolPackages, browser: { use, server: 'playwright', program: null } },
        { box: place.box, environments, packages, secrets: {}, browser: BROWSER },
      );
      const { servers } = await open({
        subject: { attempt: 'a', item: null, ...who },
        demo: who.demo ?? false,
        folder,
        images: join(folder, 'images'),
        asked: () => undefined,
      });
      return servers.map(({ name }) => name);
    }

    const coder = { phase: 'implement', role: 'coder' } as const;
    const tester = { phase: 'testing', role: 'tester' } as const;

    test('the browser is for those who look at what was built, where it was asked for', async () => {
      expect(await given(coder, 'unsaid')).toEqual([]);
      expect(await given(coder, 'yes')).toEqual(['playwright']);
      expect(await given(tester, 'yes')).toEqual(['playwright']);
      expect(await given({ phase: 'initialize', role: 'initializer' }, 'yes')).toEqual([]);
      expect(await given({ phase: 'ideation', role: 'brainstorm' }, 'yes')).toEqual([]);
    });

    test('demo mode has it without being asked', async () => {
      expect(await given({ ...coder, demo: true }, 'unsaid')).toEqual(['playwright']);
    });

    test('a package is for its phases', async () => {
      expect(await given(tester, 'unsaid', [NOTES])).toEqual(['notes']);
      expect(await given(coder, 'unsaid', [NOTES])).toEqual([]);
    });

    test('I3 none takes the place of the tracker in demo mode', async () => {
      const taken = [{ ...NOTES, name: 'linear' }];
      await expect(given({ ...tester, demo: true }, 'no', taken)).rejects.toMatchObject({
        code: 'MCP_NAME_TAKEN',
        exit: 2,
      });
      expect(await given(tester, 'no', taken)).toEqual(['linear']);
    });
  },
);

test('a browser that was asked for and is not there is told of before a run', async () => {
  const places = { path: '/nowhere', homeFolder: '/nowhere' };
  const config = load({ yaml: 'browser: {}', env: { CHROME_PATH: '/nowhere/chrome' } });
  await expect(browserOf({ ...places, config })).rejects.toMatchObject({
    code: 'BROWSER_MISSING',
    exit: 2,
    message: expect.stringContaining('/nowhere/chrome, which CHROME_PATH names, is no program'),
  });
  const silent = load({ yaml: '', env: { CHROME_PATH: '/nowhere/chrome' } });
  expect(await browserOf({ ...places, config: silent })).toBeNull();
  const off = load({ yaml: 'browser: { enabled: false }', env: { CHROME_PATH: '/bin/sh' } });
  expect(await browserOf({ ...places, config: off })).toBeNull();
});
