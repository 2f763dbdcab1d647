import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLauncher } from '../../src/workspaces/launcher/launcher.ts';
import type { Program } from '../../src/workspaces/launcher/run-program.ts';

const shell = (script: string, more: Partial<Program> = {}): Program => ({
  file: '/bin/sh',
  args: ['-c', script],
  cwd: tmpdir(),
  env: { WHO: 'launcher' },
  input: null,
  outputFile: null,
  ...more,
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').trim();

/** Processes that this one started beside it, by their script. */
function beside(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const parent = /^PPid:\t(\d+)$/mu.exec(status)?.[1];
        const ours = parent === String(process.pid) && words.includes('launched');
        return ours ? [Number(pid)] : [];
      } catch {
        return [];
      }
    });
}

async function warm(order: { readonly askMs?: number } = {}) {
  const before = new Set(beside());
  const launcher = createLauncher(order);
  let parent = String(process.pid);
  for (let turn = 0; parent === String(process.pid) && turn < 500; turn += 1)
    parent = text((await launcher.run(shell('echo $PPID'))).stdout);
  const pid = beside().find((one) => !before.has(one));
  return { launcher, parent: Number(parent), pid: Number(pid) };
}

describe('the launcher', () => {
  test('starts programs from a process of its own after the first ones', async () => {
    const { launcher, parent, pid } = await warm();
    expect(parent).toBe(pid);
    expect(parent).not.toBe(process.pid);
    const end = await launcher.run(
      shell('cat; echo $WHO$HOME; echo bad >&2; exit 3', { input: 'in ' }),
    );
    expect({ ...end, stdout: text(end.stdout), stderr: text(end.stderr) }).toEqual({
      exit: 3,
      stdout: 'in launcher',
      stderr: 'bad',
      fault: null,
    });
  });

  test('does not wait for ever for a process that was stopped: what it did is tried again', async () => {
    const { launcher, pid } = await warm({ askMs: 100 });
    process.kill(pid, 'SIGSTOP');
    await expect(launcher.run(shell('true'))).rejects.toMatchObject({ code: 'LAUNCHER_ENDED' });
    expect((await launcher.run(shell('echo $PPID'))).exit).toBe(0);
  });

  test('waits for a program that takes longer than it is asked about', async () => {
    const { launcher } = await warm({ askMs: 500 });
    expect((await launcher.run(shell('sleep 1.5'))).exit).toBe(0);
  });

  test('gives its process nothing of our environment', async () => {
    const { pid } = await warm();
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((line) => line.split('=')[0]);
    expect(names).not.toContain('PATH');
    expect(names).not.toContain('HOME');
  });

  test('says the same as a direct run of what goes wrong, and writes into a file', async () => {
    const { launcher } = await warm();
    const missing = await launcher.run(shell('', { file: '/nonexistent/git' }));
    expect(missing).toMatchObject({ exit: null, fault: expect.stringContaining('ENOENT') });
    const killed = await launcher.run(shell('kill -9 $$'));
    expect(killed).toMatchObject({ exit: null, fault: expect.stringContaining('SIGKILL') });
    const folder = await mkdtemp(join(tmpdir(), 'launcher-'));
    const outputFile = join(folder, 'out');
    expect(await launcher.run(shell('echo kept', { outputFile }))).toMatchObject({ exit: 0 });
    expect(await readFile(outputFile, 'utf8')).toBe('kept\n');
    await rm(folder, { recursive: true });
  });

  test('tells of a process that was killed, and goes on with another', async () => {
    const { launcher, pid } = await warm();
    const broken = launcher.run(shell('sleep 30'));
    const said = broken.catch((error: unknown) => error);
    execFileSync('kill', ['-9', String(pid)]);
    expect(await said).toMatchObject({ code: 'LAUNCHER_ENDED' });
    expect(text((await launcher.run(shell('echo on'))).stdout)).toBe('on');
  });

  test('I6 orders that come before its death is noticed are carried out all the same', async () => {
    const { launcher, pid } = await warm();
    execFileSync('kill', ['-9', String(pid)]);
    // Its end is noticed only once this process is idle: until then the channel looks open.
    execFileSync('sh', [
      '-c',
      `while kill -0 ${pid} && ! grep -q '^State:.Z' /proc/${pid}/status; do :; done`,
    ]);
    const ends = await Promise.all(
      ['one', 'two', 'three'].map((word) => launcher.run(shell(`echo ${word}`))),
    );
    expect(ends.map(({ stdout }) => text(stdout))).toEqual(['one', 'two', 'three']);
  });

  test('does not outlive its parent, nor hold it open', () => {
    const source = new URL('../../src/workspaces/launcher/launcher.ts', import.meta.url);
    const script = `
      const { createLauncher } = await import(${JSON.stringify(source.href)});
      const launcher = createLauncher();
      const run = (line) => launcher.run({ file: '/bin/sh', args: ['-c', line], cwd: '/', env: {}, input: null, outputFile: null });
      let parent = process.pid;
      while (parent === process.pid) parent = Number(Buffer.from((await run('echo $PPID')).stdout).toString());
      console.log(parent);`;
    const flags = ['--input-type=module', '-e', script];
    const pid = execFileSync(process.execPath, flags, { encoding: 'utf8' }).trim();
    expect(Number(pid)).toBeGreaterThan(1);
    const gone =
      'for i in $(seq 100); do kill -0 $0 2>/dev/null || exit 0; sleep 0.05; done; exit 1';
    expect(spawnSync('sh', ['-c', gone, pid]).status).toBe(0);
  });
});
