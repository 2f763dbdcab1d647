/** About three minutes: packs the package, installs it with all it depends on, and plays a whole rehearsal. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { isServer, readPidFile, stopServer } from '../../src/adapters/store/server/postmaster.ts';
import { processEnvironment } from '../../src/config/variables.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { freePort } from '../support/loopback.ts';
import { pathWith } from '../support/node-here.ts';
import { copyTree } from '../support/tree-copy.ts';

const ROOT = join(import.meta.dirname, '../..');

const run = promisify(execFile);

const Failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** What another program asks: name, state and finished work of each project. */
const ASK = `import { createClient } from 'coding-agent-harness/client';
const [url, token] = process.argv.slice(2);
const { projects } = await createClient({ url, token }).projects();
const boards = await Promise.all(
  projects.map(({ id }) => createClient({ url, token }).board(id)),
);
console.log(JSON.stringify(boards.map(({ project, work }) => [project.name, project.run.status, work.done])));
`;

/** Right but for its last line, which has to be seen. */
const OWN = `import { HarnessError, PHASES, type WorkTracker } from 'coding-agent-harness';
import { ApiProblem, createClient } from 'coding-agent-harness/client';

const client = createClient({ url: 'http://127.0.0.1:8080', token: 'a' });
const { projects } = await client.projects();
export const names: readonly string[] = projects.map(({ name }) => name);
export const all = [HarnessError, ApiProblem, PHASES.length] as const;
export type Mine = WorkTracker;
export const wrong: number = projects[0]!.name;
`;

/** Builds in a copy: others use what is built in this tree at the same time. */
async function pack(to: string, env: NodeJS.ProcessEnv): Promise<void> {
  const copy = join(to, 'copy');
  await mkdir(copy);
  await copyTree(copy);
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', to], { cwd: copy, env });
  await rm(copy, { recursive: true });
}

const old = quickOnly ? null : await pathWith(20);

describe.skipIf(quickOnly)(
  `the package as it is published${quickOnly ? ' (left out of the quick part)' : ''}`,
  () => {
    let folder: string;
    let env: Readonly<Record<string, string>>;

    beforeAll(async () => {
      folder = await realpath(await mkdtemp(join(tmpdir(), 'harness-package-')));
      const path = (await pathWith(24)) ?? '';
      env = { PATH: path, HOME: folder, HARNESS_HOME: join(folder, 'home') };
      // How npm reaches its registry from here is the user's own affair.
      const npm = { ...processEnvironment(), PATH: path, npm_config_cache: undefined };
      await pack(folder, npm);
      const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
      await writeFile(join(folder, 'package.json'), '{ "private": true }');
      await run('npm', ['install', '--prefer-offline', `./${tarball}`], { cwd: folder, env: npm });
    }, 900_000);

    afterAll(async () => {
      const place = placeIn(join(folder, 'home'));
      const pid = (await readPidFile(place).catch(() => null))?.pid;
      if (pid !== undefined && (await isServer(pid, place))) await stopServer(place, pid);
      await rm(folder, { recursive: true, force: true });
    });

    const harness = async (words: readonly string[], path = env['PATH']) => {
      const called = run('npx', ['--no-install', 'harness', ...words], {
        cwd: folder,
        env: { ...env, PATH: path },
      });
      return called.then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: unknown) => Failure.parse(error),
      );
    };

    test('help and doctor answer, with nothing but what it depends on', async () => {
      const help = await harness(['--help']);
      expect([help.code, help.stdout]).toEqual([0, expect.stringMatching(/Usage: harness/u)]);
      const sources = await run(process.execPath, [join(ROOT, 'src/cli/bin.ts'), '--help'], {
        cwd: folder,
        env,
      });
      expect(help.stdout).toBe(sources.stdout);
      const doctor = await harness(['doctor']);
      expect(doctor.stdout).toMatch(/ok +agent +Claude Agent SDK/u);
      expect(doctor.stdout).toMatch(/ok +database +embedded Postgres/u);
      // The one thing that is not there.
      expect([doctor.code, doctor.stderr]).toEqual([4, '']);
    });

    test.skipIf(old === null)(
      `with Node 20 it says what it needs${old === null ? ' (skipped: there is no Node 20 here)' : ''}`,
      async () => {
        const { code, stderr } = await harness(['--help'], old ?? '');
        expect([code, stderr]).toEqual([
          69,
          expect.stringMatching(/needs Node 24 or newer, this is 20\./u),
        ]);
      },
    );

    test('a whole rehearsal runs', async () => {
      const { code, stdout, stderr } = await harness(['run', '--rehearse', '--no-interactive']);
      expect([code, stdout, stderr]).toEqual([0, stdout, stderr]);
      expect(await readdir(join(folder, 'workspaces/reading-list'))).toContain('package.json');
    }, 900_000);

    test('it serves page and API, which its own client understands, until it is asked to end', async () => {
      const port = await freePort();
      const program = join(folder, 'node_modules/.bin/harness');
      const child = spawn(program, ['serve', '--port', String(port)], { cwd: folder, env });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      const ended = once(child, 'close');
      while (!said.includes('described in')) await once(child.stdout, 'data');
      const url = `http://127.0.0.1:${port}`;
      const accept = { headers: { accept: 'text/html' } };
      const page = await (await fetch(url, accept)).text();
      const [, script = ''] = /<script type="module"[^>]+src="([^"]+)"/u.exec(page) ?? [];
      const fetched = await fetch(new URL(script, url));
      expect([fetched.status, (await fetched.text()).length > 10_000]).toEqual([200, true]);
      const [, token = ''] = /#token=([\w-]+)/u.exec(said) ?? [];
      await writeFile(join(folder, 'ask.mjs'), ASK);
      const asked = await run('node', ['ask.mjs', url, token], { cwd: folder, env });
      expect(JSON.parse(asked.stdout)).toEqual([['reading-list', 'completed', 10]]);
      child.kill('SIGTERM');
      expect((await ended)[0]).toBe(143);
    });

    test('a program in TypeScript reads its types', async () => {
      await writeFile(join(folder, 'own.mts'), OWN);
      const tsc = join(ROOT, 'node_modules/.bin/tsc');
      const given = '--noEmit --strict --module nodenext --target esnext --types node'.split(' ');
      const types = ['--typeRoots', join(ROOT, 'node_modules/@types')];
      const told = await run(process.execPath, [tsc, ...given, ...types, 'own.mts'], {
        cwd: folder,
      }).catch((error: unknown) => Failure.parse(error));
      expect(told.stdout).toMatch(/^own\.mts\(9,\d+\): error TS2322: [^\n]*\n?$/u);
    });
  },
);
