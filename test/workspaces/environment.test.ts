import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { homedir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findToolchains } from '../../src/safety/toolchains.ts';
import { runChecks } from '../../src/verify/run-checks.ts';
import { outputsIn, type Environment } from '../../src/workspaces/environment/kept.ts';
import {
  openEnvironments,
  type Environments,
  type PackageWire,
  type PrepareOrder,
} from '../../src/workspaces/environment/open-environments.ts';
import { aBox, SYSTEM_PATH, unsealable, type Place } from '../safety/a-box.ts';
import {
  aProjectWithDependency,
  aRegistry,
  treeOf,
  type Registry,
} from './environment-registry.ts';

type Files = Readonly<Record<string, string>>;

describe.skipIf(unsealable)(
  `environments (skipped without ${unsealable ?? ''})`,
  { timeout: 60_000 },
  () => {
    let place: Place;
    let registry: Registry;
    let environments: Environments;
    let kept: string;

    beforeAll(async () => {
      place = await aBox();
      registry = await aRegistry(place.root);
      kept = join(place.root, 'environments');
      environments = await anotherProcess();
    });
    afterAll(async () => {
      await registry?.[Symbol.asyncDispose]();
      await place?.[Symbol.asyncDispose]();
    });

    test('npm ci runs sealed through its one wire, once for all checkouts of the same inputs', async () => {
      const files = aProjectWithDependency(registry.integrity);
      const first = await environments.prepare(order(files));
      expect(first).toMatchObject({
        status: 'ready',
        reused: false,
        environment: { outputs: ['node_modules'], exclude: ['/node_modules'] },
      });
      expect(registry.requests).toEqual(['/tiny-adder/-/tiny-adder-1.2.3.tgz']);
      const edited = files['package.json']?.replace('node test.js', 'node other.js') ?? '';
      const same = { ...files, 'package.json': edited, 'new.js': '' };
      const second = await (await anotherProcess()).prepare(order(same));
      expect(second).toMatchObject({ status: 'ready', reused: true });
      expect(registry.requests).toHaveLength(1);
      const changed = { ...files, '.npmrc': 'omit=optional' };
      expect(await environments.prepare(order(changed, null))).toMatchObject({
        status: 'failed',
        output: expect.stringContaining('no way to a package registry'),
      });
    });

    test('a check finds the dependencies in its checkout, which is a copy of its own', async () => {
      const files = aProjectWithDependency(registry.integrity);
      const environment = await ready(files);
      const one = await checkout('one', files);
      const two = await checkout('two', files);
      for (const directory of [one, two]) await environments.installInto(environment, directory);
      const inside = 'node_modules/tiny-adder/index.js';
      await writeFile(join(one, inside), 'module.exports = () => 0;\n');
      const verdicts = [await npmTest(one), await npmTest(two)];
      expect(verdicts).toEqual(['failed', 'passed']);
      expect(await readFile(join(two, 'node_modules/tiny-adder/built'), 'utf8')).toBe('yes');
      expect((await stat(join(two, inside))).nlink).toBe(1);
    });

    test('many at once, in one process and in several, make one environment', async () => {
      const others = await Promise.all([anotherProcess(), anotherProcess()]);
      const files = { 'in.txt': 'race' };
      const prepare = { command: 'sleep 0.2; mkdir out; date +%N > out/stamp', inputs: ['in.txt'] };
      const all = await Promise.all(
        [environments, environments, ...others].map(async (each) =>
          each.prepare({ ...order(files, null), settings: { prepare, env: {} } }),
        ),
      );
      const keys = all.map((end) => (end.status === 'ready' ? end.environment.folder : end.status));
      expect(new Set(keys).size).toBe(1);
      expect((await readdir(kept)).filter((name) => name.startsWith('draft-'))).toEqual([]);
    });

    test('I8 the command sees its inputs and nothing else, and leaves no setuid file', async () => {
      const files = { 'in.txt': 'x', 'secret.txt': 'y' };
      const command = 'ls -A > out; cp /bin/true tool; chmod 6755 tool; ls -A .. >> out';
      const environment = await ready(files, { prepare: { command, inputs: ['in.txt'] } });
      expect(environment.outputs).toEqual(['out', 'tool']);
      expect(await readFile(join(environment.folder, 'out'), 'utf8')).toBe('in.txt\nout\nfiles\n');
      expect((await stat(join(environment.folder, 'tool'))).mode & 0o7777).toBe(0o755);
    });

    test('a command that fails, or outlives its time, leaves nothing and says what it said', async () => {
      const prepare = { command: 'echo broken; exit 4', inputs: ['in.txt'] };
      const settings = { prepare, env: {} };
      const failed = await environments.prepare({ ...order({ 'in.txt': '' }, null), settings });
      expect(failed).toMatchObject({ status: 'failed', output: expect.stringContaining('broken') });
      const slow = { prepare: { ...prepare, command: 'sleep 60' }, env: {} };
      const late = await environments.prepare({
        ...order({ 'in.txt': '' }, null),
        settings: slow,
        timeoutMs: 200,
      });
      expect(late).toMatchObject({ status: 'failed', output: expect.stringContaining('stopped') });
      const stopped = await environments.prepare({
        ...order({ 'in.txt': '' }, null),
        settings: slow,
        signal: AbortSignal.timeout(200),
      });
      expect(stopped).toEqual({ status: 'stopped' });
      expect((await readdir(kept)).filter((name) => name.startsWith('draft-'))).toEqual([]);
    });

    test('a virtual environment works in its new place', async () => {
      const venv = `mkdir -p .venv/bin; echo "home = $PWD" > .venv/pyvenv.cfg
      printf '#!%s/.venv/bin/python\\nrun' "$PWD" > .venv/bin/tool; ln -s /bin/sh .venv/bin/python`;
      const environment = await ready(
        { 'in.txt': 'venv' },
        { prepare: { command: venv, inputs: ['in.txt'] } },
      );
      const directory = await checkout('a & b|c', {});
      await environments.installInto(environment, directory);
      const tool = await readFile(join(directory, '.venv/bin/tool'), 'utf8');
      expect(tool).toBe(`#!${directory}/.venv/bin/python\nrun`);
    });

    test('the outputs of a monorepo go to their packages, and what stood there goes', async () => {
      const files = { 'packages/a/package.json': '{}' };
      const command = 'mkdir -p node_modules packages/a/node_modules/x';
      const prepare = { command, inputs: ['packages/'] };
      const environment = await ready(files, { prepare });
      expect(environment.exclude).toEqual(['/node_modules', '/packages/a/node_modules']);
      const directory = await checkout('mono', { ...files, 'packages/a/node_modules/old': '' });
      await environments.installInto(environment, directory);
      expect(await readdir(join(directory, 'packages/a/node_modules'))).toEqual(['x']);
    });

    test('I8 a hostile package neither takes the place of git or the tree, nor adds to what is judged', async () => {
      const victim = join(place.root, 'victim-of-a-link');
      const plant = `mkdir -p .git/info test node_modules/x && ln -s ${victim} .git/info/exclude && echo pass >test/a.js && echo evil >vitest.config.ts`;
      const files = { 'in.txt': '', 'test/a.js': 'judge' };
      const configured = await ready(files, { prepare: { command: plant, inputs: ['in.txt'] } });
      expect(configured.outputs).toEqual(['node_modules', 'test', 'vitest.config.ts']);
      const directory = await checkout('hostile', { ...files, '.git/HEAD': 'ours' });
      await environments.installInto(configured, directory);
      expect(await readFile(join(directory, 'test/a.js'), 'utf8')).toBe('judge');
      expect(await readdir(join(directory, '.git'))).toEqual(['HEAD']);
      // Nobody said that such things are to be made by a recipe that the harness found itself.
      const made = await checkout('made', {
        'test/a.js': '',
        'node_modules/x': '',
        'p/.venv/y': '',
      });
      const found = await outputsIn(made, {
        inputs: [{ path: 'p/package.json', content: Buffer.from('') }],
        makes: 'dependencies',
      });
      expect(found).toEqual(['node_modules', 'p/.venv']);
    });

    test('I8 a tree whose folder is a link gets nothing written beyond it', async () => {
      const files = { 'packages/b/package.json': '{}' };
      const command = 'mkdir -p packages/b/node_modules';
      const environment = await ready(files, { prepare: { command, inputs: ['packages/'] } });
      const victim = join(place.root, 'victim');
      await mkdir(victim);
      const directory = await checkout('linked', {});
      await mkdir(join(directory, 'packages'));
      await symlink(victim, join(directory, 'packages/b'));
      await expect(environments.installInto(environment, directory)).rejects.toMatchObject({
        code: 'ENVIRONMENT_INSTALL',
      });
      expect(await readdir(victim)).toEqual([]);
    });

    test('lock files whose URLs are taken as they are lead to the wire, others stay', async () => {
      const url = 'https://registry.example/x.tgz';
      const files = { 'yarn.lock': url, 'a/uv.lock': `${url} ${url}`, 'package-lock.json': url };
      const inputs = Object.keys(files);
      const command = 'mkdir out; cp yarn.lock a/uv.lock package-lock.json out';
      const given = order(files);
      const mirrors = [{ from: 'https://registry.example/', to: 'http://127.0.0.1:8377/' }];
      const openWire = wireTo({ env: {}, mirrors });
      const settings = { prepare: { command, inputs }, env: {} };
      const end = await environments.prepare({ ...given, settings, openWire });
      if (end.status !== 'ready') throw new Error(JSON.stringify(end));
      const read = (name: string): Promise<string> =>
        readFile(join(end.environment.folder, 'out', name), 'utf8');
      const mirrored = 'http://127.0.0.1:8377/x.tgz';
      expect(await read('yarn.lock')).toBe(mirrored);
      expect(await read('uv.lock')).toBe(`${mirrored} ${mirrored}`);
      expect(await read('package-lock.json')).toBe(url);
      expect(end.environment.outputs).toEqual(['out']);
    });

    test('a command that fails tells which registry did not answer', async () => {
      const prepare = { command: 'exit 1', inputs: ['in.txt'] };
      const openWire = wireTo({ troubles: () => ['registry.example could not be asked'] });
      const settings = { prepare, env: {} };
      const end = await environments.prepare({ ...order({ 'in.txt': '' }), settings, openWire });
      expect(end).toMatchObject({ output: expect.stringContaining('could not be asked') });
    });

    test('a tree that needs nothing has none', async () => {
      expect(await environments.prepare(order({ 'index.js': '' }))).toEqual({ status: 'none' });
    });

    async function anotherProcess(): Promise<Environments> {
      const query = { path: SYSTEM_PATH, home: homedir(), node: process.execPath };
      const toolchains = await findToolchains(query);
      return openEnvironments({
        box: place.box,
        folder: kept,
        toolchains,
        newId: randomUUID,
        maker: 'me',
        now: () => Date.now(),
      });
    }

    function wireTo(changes: Partial<PackageWire>): PrepareOrder['openWire'] {
      const plain = { socket: registry.socket, env: {}, mirrors: [], troubles: () => [] };
      return async () => ({ ...plain, ...changes, [Symbol.asyncDispose]: async () => undefined });
    }

    function order(files: Files, wire: 'registry' | null = 'registry'): PrepareOrder {
      const env = { npm_config_registry: 'http://127.0.0.1:8377/' };
      return {
        files: treeOf(files),
        settings: { prepare: null, env: {} },
        openWire: wire === null ? null : wireTo({ env }),
        timeoutMs: 60_000,
      };
    }

    async function ready(
      files: Files,
      settings: Partial<PrepareOrder['settings']> = {},
    ): Promise<Environment> {
      const given = order(files);
      const end = await environments.prepare({
        ...given,
        settings: { ...given.settings, ...settings },
      });
      if (end.status !== 'ready') throw new Error(JSON.stringify(end));
      return end.environment;
    }

    async function checkout(name: string, files: Files): Promise<string> {
      const directory = join(place.root, 'checkouts', name);
      await rm(directory, { recursive: true, force: true });
      await mkdir(directory, { recursive: true });
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), text);
      }
      return directory;
    }

    async function npmTest(directory: string): Promise<string | undefined> {
      const [evidence] = await runChecks({
        box: place.box,
        directory,
        checks: [{ kind: 'command', run: 'npm test', exit: 0 }],
        env: {},
        readable: [],
        services: [],
        tree: 'a-tree',
        timeoutMs: 30_000,
        flakyRetries: 0,
        redact: (text) => text,
      });
      return evidence?.verdict;
    }
  },
);
