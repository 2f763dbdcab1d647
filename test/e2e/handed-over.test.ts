/** A few seconds; uses the built program, as an older Node can't read its sources. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/loopback.ts';
import { pathWith } from '../support/node-here.ts';

const BIN = join(import.meta.dirname, '../../dist/cli/bin.js');

const old = await pathWith(20);

test.skipIf(old === null)(
  `a server started with Node 20 ends with the process that was started, even if that is killed${old === null ? ' (skipped: there is no Node 20 here)' : ''}`,
  async () => {
    await using files = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'harness-handed-'));
    files.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const { url: DATABASE_URL } = files.use(await testDatabase());
    const port = String(await freePort());
    const env = { PATH: old ?? '', HOME: folder, HARNESS_HOME: join(folder, 'home'), DATABASE_URL };
    const started = spawn('node', [BIN, 'serve', '--port', port], { cwd: folder, env });
    let said = '';
    const told = Promise.withResolvers<void>();
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('described in')) told.resolve();
      });
    // Closed only when nobody holds our pipes any more: the newer Node has them too.
    const closed = once(started, 'close');
    await Promise.race([told.promise, closed]);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
    started.kill('SIGKILL');
    await closed;
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow('fetch failed');
    expect(said).toMatch(/closing\s*$/u);
  },
  120_000,
);
