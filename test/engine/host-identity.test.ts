import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHostIdentity } from '../../src/engine/host-identity.ts';
import { openHostProcesses } from '../../src/host-process.ts';

const onLinux = process.platform === 'linux';

test.runIf(onLinux)(
  'I6 a process that has the number of one that is gone is another one',
  async () => {
    const identity = await readHostIdentity(() => '12345678');
    const own = identity.newIdentity('');
    const reused = { ...own, executorId: 'reused', pidStarted: '1' };
    const rebooted = { ...own, executorId: 'rebooted', bootId: 'another' };
    const elsewhere = { ...reused, executorId: 'elsewhere', hostId: 'another/pid:[1]' };
    expect(await identity.aliveHere(own)).toBe(true);
    for (const one of [reused, rebooted, elsewhere])
      expect(await identity.aliveHere(one)).toBe(false);
    // What runs on another host is nothing that could be seen from here.
    expect(await identity.deadHere([own, reused, rebooted, elsewhere])).toEqual([
      'reused',
      'rebooted',
    ]);
    const [place = '', pid = ''] = identity.maker.split('.');
    expect(await identity.isGone(identity.maker)).toBe(false);
    expect(await identity.isGone(`${place}.${pid}.1`)).toBe(true);
    expect(await identity.isGone(`elsewhere.${pid}.1`)).toBeUndefined();
  },
);

test.runIf(onLinux)(
  'a server that closes ends no stranger that has the number of a former host',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'host-'));
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(stranger, 'spawn');
    try {
      const identity = await readHostIdentity(() => '12345678');
      const host = { ...identity.newIdentity(''), pid: stranger.pid };
      await mkdir(join(home, 'server'));
      await writeFile(join(home, 'server', 'host.json'), JSON.stringify(host));
      const stopping = async (): Promise<void> => {
        const hosts = await openHostProcesses({ home, cwd: home, env: {}, words: [] });
        await hosts.stop();
      };
      await stopping();
      expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
      // The same number and the same start: that is the one.
      const stat = await readFile(`/proc/${String(stranger.pid)}/stat`, 'utf8');
      const pidStarted = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
      await writeFile(join(home, 'server', 'host.json'), JSON.stringify({ ...host, pidStarted }));
      await stopping();
      expect(stranger.signalCode).toBe('SIGTERM');
    } finally {
      stranger.kill('SIGKILL');
      await rm(home, { recursive: true });
    }
  },
);
