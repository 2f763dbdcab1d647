/** About 150 s: packs the package, installs it with all it depends on, and plays a whole rehearsal. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { isServer, readPidFile, stopServer } from '../../src/adapters/store/server/postmaster.ts';
import { processEnvironment } from '../../src/config/variables.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');

const run = promisify(execFile);

const Failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** PATHs that begin with a Node of this major; null where this machine has none. */
async function pathWith(major: number): Promise<string | null> {
  const own = dirname(process.execPath);
  for (const folder of [own, '/usr/local/bin', '/usr/bin']) {
    const node = await run(join(folder, 'node'), ['-p', 'process.versions.node']).catch(() => null);
    if (node?.stdout.startsWith(`${major}.`) === true)
      return `${folder}:/usr/local/bin:/usr/bin:/bin`;
  }
  return null;
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
      await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT, env: npm });
      const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
      await writeFile(join(folder, 'package.json'), '{ "private": true }');
      await run('npm', ['install', '--prefer-offline', `./${tarball}`], { cwd: folder, env: npm });
    }, 300_000);

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
    }, 300_000);

    test('it serves, until it is asked to end', async () => {
      const port = await freePort();
      const program = join(folder, 'node_modules/.bin/harness');
      const child = spawn(program, ['serve', '--port', String(port)], { cwd: folder, env });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      const ended = once(child, 'close');
      while (!said.includes('described in')) await once(child.stdout, 'data');
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
      child.kill('SIGTERM');
      expect((await ended)[0]).toBe(143);
    });
  },
);
