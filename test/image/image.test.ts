/** About 90 s, once there is an image: a whole rehearsal, stopped and gone on with. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/loopback.ts';
import { aMachine, missing, proveExit, type Machine } from './a-machine.ts';

describe.skipIf(missing !== null)(
  `the image${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let database: TestDatabase;
    let machine: Machine;

    beforeAll(async () => {
      database = await testDatabase({ migrated: false });
      machine = await aMachine({ DATABASE_URL: database.url, ANTHROPIC_API_KEY: 'not-tried' });
    });

    afterAll(async () => {
      await machine[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });

    const shell = (script: string) => machine.run(['sh', '-c', script], { instead: true });

    test('runs as user 10001 without a capability, and can write nothing but its volumes', async () => {
      const { output } = await shell(
        [
          'id -u; id -g; grep -E "^(CapBnd|CapEff|NoNewPrivs|Seccomp):" /proc/self/status',
          'for at in /opt/harness /usr/local/bin /etc /; do touch $at/x 2>/dev/null && echo wrote $at; done',
          'for at in /var/lib/harness /workspaces; do touch $at/x && rm $at/x && echo may write $at; done',
        ].join('\n'),
      );
      expect(output.split(/\s*\n/u)).toEqual([
        '10001',
        '10001',
        'CapEff:\t0000000000000000',
        'CapBnd:\t0000000000000000',
        'NoNewPrivs:\t1',
        'Seccomp:\t2',
        'may write /var/lib/harness',
        'may write /workspaces',
        '',
      ]);
    });

    test('with the options of the Compose file, doctor says that the box works', async () => {
      const { exit, output } = await machine.run(['doctor']);
      expect(output).toMatch(/sandbox +bubblewrap [\d.]+: the self-test could not get out/u);
      expect(output).toMatch(/ok +browser/u);
      expect(exit).toBe(0);
    });

    test('with the usual confinement of containers, doctor says what it wants', async () => {
      const { exit, output } = await machine.run(['doctor'], { usual: true });
      expect(output).toMatch(/NO +sandbox.*\n +mend it: .*systempaths=unconfined/u);
      expect(exit).toBe(5);
    });

    test('without DATABASE_URL it says that this is not set', async () => {
      const { output } = await machine.run(['doctor'], { env: { DATABASE_URL: '' } });
      expect(output).toMatch(/NO +database +DATABASE_URL not set/u);
    });

    test('R-008 R-040 it serves: its health check is well, /health answers 200, a stop ends it with 143', async () => {
      const port = String(await freePort());
      const env = { API_PORT: port, HARNESS_TOKEN: 'a-token-for-this-trial-of-32-characters' };
      const [kind, ...check] = machine.image.Healthcheck.Test;
      expect(kind).toBe('CMD');
      const health = () => machine.run(check, { instead: true, env });
      expect((await health()).exit).toBe(1);
      const serving = await machine.start(machine.image.Cmd, { env });
      await serving.heard(/described in/u);
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port}/v1/projects`)).status).toBe(401);
      expect((await health()).exit).toBe(0);
      serving.signal('SIGTERM');
      expect((await serving.ended).exit).toBe(143);
    });

    test('R-008 a rehearsal runs in it, sealed; a stop of the container ends it with 143, and it goes on', async () => {
      const run = await machine.start(['run', '--rehearse', '--no-interactive']);
      await run.heard(/implement/u);
      run.signal('SIGTERM');
      const stopped = await run.ended;
      proveExit(stopped, 143);
      expect(stopped.output).not.toMatch(/unsealed/iu);
      const project = join(machine.volumes['/workspaces'] ?? '', 'reading-list');
      const resumed = await machine.run([
        'resume',
        '--no-interactive',
        '--project-dir',
        '/workspaces/reading-list',
      ]);
      proveExit(resumed, 0);
      expect(await readdir(project)).toEqual(
        expect.arrayContaining(['package.json', 'src', 'PRPs']),
      );
      expect((await stat(project)).uid).toBe(10001);
    }, 400_000);
  },
);
