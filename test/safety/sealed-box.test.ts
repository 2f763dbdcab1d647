import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ListenOptions, Server } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aBox, unsealable, type Place } from './a-box.ts';
import { processesNaming } from './a-tree-of-processes.ts';

describe.skipIf(unsealable)(
  `the sealed box (skipped without ${unsealable ?? ''})`,
  { timeout: 60_000 },
  () => {
    let place: Place;
    beforeAll(async () => {
      place = await aBox();
    });
    afterAll(async () => place[Symbol.asyncDispose]());

    test('I8 writes outside the workspace are refused, inside they reach the host', async () => {
      const outside = [
        '/x',
        '/etc/x',
        '/usr/x',
        '/dev/x',
        '/proc/sys/kernel/core_pattern',
        '/etc/ssl/private/x',
      ];
      const tries = outside.map((path) => `(: > ${path}) 2>/dev/null && echo "wrote ${path}"`);
      const { exit, output } = await place.run(`${tries.join('; ')}; echo kept > made`);
      expect(output).toBe('');
      expect(exit).toBe(0);
      expect(await readFile(join(place.work, 'made'), 'utf8')).toBe('kept\n');
    });

    test('I8 what is next to the workspace is neither seen nor changed', async () => {
      await writeFile(join(place.root, 'beside'), 'secret');
      const { output } = await place.run('cat ../beside; echo changed > ../beside; ls -A ..');
      expect(output).toContain('No such file');
      expect(output).not.toContain('secret');
      expect(await readFile(join(place.root, 'beside'), 'utf8')).toBe('secret');
    });

    test('I8 the home folder of the user and the keys of the machine are not there', async () => {
      // The toolchain may be installed below the home folder; of that, nothing but the toolchain is there.
      const node = dirname(dirname(process.execPath));
      const { output } = await place.run(
        `find ${homedir()} /etc/shadow /etc/ssh /etc/ssl/private -path ${node} -prune -o ! -type d -print 2>/dev/null; echo $HOME; ls -A $HOME`,
      );
      expect(output).toBe('/home/agent\n');
    });

    test('I8 a readable path can be read and not written, also below a writable one', async () => {
      const held = join(place.work, 'held');
      const { exit, output } = await place.run('mkdir -p held && echo 1 > held/file');
      expect([exit, output]).toEqual([0, '']);
      const refused = await place.run('cat held/file; echo 2 > held/file', { readable: [held] });
      expect(refused.output).toMatch(/^1\n.*Read-only file system/u);
      expect(refused.exit).not.toBe(0);
    });

    test('I8 no host is reached: not the loopback of the host, no name, no route', async () => {
      await using server = await listening({ host: '127.0.0.1', port: 0 });
      const probe = `const net = require('node:net');
      const tries = [['127.0.0.1', ${portOf(server.listener)}], ['1.1.1.1', 53], ['example.com', 80]];
      for (const [host, port] of tries) net.connect(port, host)
        .on('connect', () => console.log('reached', host))
        .on('error', (error) => console.log(error.code));`;
      const { output } = await place.run('', { command: ['node', '-e', probe] });
      expect(output.trim().split('\n').toSorted()).toEqual([
        'ECONNREFUSED',
        'ENETUNREACH',
        'ENOTFOUND',
      ]);
      expect(server.requests).toEqual([]);
    });

    test('I8 abstract sockets of the host are not reached', async () => {
      await using server = await listening({ path: '\0harness-box-test' });
      const { output } = await place.run(
        'socat -u - ABSTRACT-CONNECT:harness-box-test </dev/null 2>&1',
      );
      expect(output).toContain('Connection refused');
      expect(server.requests).toEqual([]);
    });

    test('I7 the environment is what was ordered, in every process that can be looked at', async () => {
      const { output } = await place.run(
        'cat /proc/[0-9]*/environ | tr "\\0" "\\n" | grep -v "^PWD=\\|^OLDPWD=\\|^_=\\|^SHLVL=" | cut -d= -f1 | sort -u',
        { env: { GIVEN: 'yes' } },
      );
      expect(output.trim().split('\n')).toEqual(['GIVEN', 'HOME', 'LANG', 'PATH']);
    });

    test('I8 a variable that would act on the host before the box closes is refused', () => {
      for (const name of [
        'LD_PRELOAD',
        'LD_LIBRARY_PATH',
        'GCONV_PATH',
        'GLIBC_TUNABLES',
        'SHELLOPTS',
        'A=B',
      ])
        expect(() => place.box.spawn(place.order('true', { env: { [name]: 'x' } }))).toThrow(
          expect.objectContaining({ code: 'BOX_ENV' }),
        );
    });

    test('the variables of an agent are let in', async () => {
      const env = { BASH_DEFAULT_TIMEOUT_MS: '1', CLAUDE_CONFIG_DIR: '/x', IS_SANDBOX: '1' };
      expect((await place.run('env | grep -c _', { env })).output).toMatch(/^[3-9]\n$/u);
    });

    test('I8 no capability, no new privilege, no further user namespace, no process of the host', async () => {
      const { output } = await place.run(
        `grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs)' /proc/self/status; id -u; unshare -Ur true 2>&1; ls -d /proc/[0-9]* | wc -l`,
      );
      const lines = output.trim().split('\n');
      expect(lines.slice(0, 5).map((line) => line.replace(/\s+/gu, ' '))).toEqual([
        'CapPrm: 0000000000000000',
        'CapEff: 0000000000000000',
        'CapBnd: 0000000000000000',
        'NoNewPrivs: 1',
        '1000',
      ]);
      expect(lines[5]).toMatch(/unshare failed/u);
      expect(Number(lines[6])).toBeLessThan(8);
    });

    test('I8 a folder that the harness itself was handed open is not handed on', async () => {
      const script = `import { aBox } from '${join(import.meta.dirname, 'a-box.ts')}';
      await using place = await aBox();
      console.log((await place.run('ls -l /proc/self/fd; ls /proc/self/fd/40/')).output);`;
      await using folder = await open(homedir());
      const stdio = Array.from<'ignore' | 'pipe' | number>({ length: 41 }).fill('ignore');
      const args = ['--input-type=module-typescript', '-e', script];
      const child = spawn(process.execPath, args, {
        stdio: stdio.with(1, 'pipe').with(40, folder.fd),
      });
      const output = await streamed(child.stdout);
      const beyond = [...output.matchAll(/ (\d+) -> (\S+)/gu)].filter(([, fd]) => Number(fd) > 2);
      expect(beyond.length).toBeGreaterThan(0);
      for (const [, , target] of beyond) expect(target).toMatch(/^\/dev\/null$|^\/proc\/\d+\/fd$/u);
      expect(output).toContain('Not a directory');
    });

    test('I8 files, open files and core dumps are bounded', async () => {
      const { output } = await place.run('ulimit -c; ulimit -n; ulimit -f');
      const [core, files, blocks] = output.trim().split('\n').map(Number);
      expect(core).toBe(0);
      expect(files).toBeLessThanOrEqual(8192);
      expect(blocks).toBe((4 * 1024 ** 3) / 512);
    });

    test('the wire answers on loopback inside, and leaves the streams of the command alone', async () => {
      const socket = join(place.root, 'wire.sock');
      await using server = await listening({ path: socket });
      const script = `process.stdin.pipe(process.stdout);
      process.stdin.on('end', async () => {
        const answer = await fetch('http://127.0.0.1:8377/v1/x');
        console.error(await answer.text());
      });`;
      const order = place.order('', { socket, stdin: 'pipe', command: ['node', '-e', script] });
      const child = place.box.spawn(order);
      child.stdin?.end('exactly this');
      const [said, talked] = await Promise.all([streamed(child.stdout), streamed(child.stderr)]);
      expect(said).toBe('exactly this');
      expect(talked).toBe('answered\n');
      expect(server.requests).toEqual(['/v1/x']);
    });

    test('the wire stands many connections at once', async () => {
      const socket = join(place.root, 'wide.sock');
      await using server = await listening({ path: socket });
      const script = `Promise.all(Array.from({ length: 40 }, (_, i) => fetch('http://127.0.0.1:8377/' + i)
      .then((answer) => answer.text()))).then((all) => console.log(all.length))`;
      const { output } = await place.run('', { socket, command: ['node', '-e', script] });
      expect(output).toBe('40\n');
      expect(server.requests).toHaveLength(40);
    });

    test('I8 a kill leaves no process of the tree, not even one that left its session', async () => {
      const child = place.box.spawn(
        place.order('setsid sh -c "while :; do sleep 0.01; : > beat; done" & echo up; wait'),
      );
      if (child.stdout !== null) await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await stillBeating(place.work)).toBe(false);
    });

    test('I8 a kill at any moment of the start leaves no process, and an early one runs nothing', async () => {
      for (let moment = 0; moment < 30; moment += 1) {
        const child = place.box.spawn(place.order('sleep 60', { command: ['sleep', '60'] }));
        await delay(moment / 2);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      const { exit } = await place.run(': > ran', { signal: AbortSignal.abort() });
      expect(exit).toBeNull();
      await expect.poll(() => processesNaming(place.root), { timeout: 10_000 }).toEqual([]);
      expect(await readdir(place.work)).not.toContain('ran');
    });

    test('the end of the command is the end of all it left behind, before run returns', async () => {
      await place.run('setsid sh -c "while :; do : > beat; done" >/dev/null 2>&1 & exit 0');
      await writeFile(join(place.work, 'beat'), 'the last word');
      await delay(20);
      expect(await readFile(join(place.work, 'beat'), 'utf8')).toBe('the last word');
    });

    test('a command that does not exist ends with 127, a folder that does not exist proves nothing', async () => {
      const unknown = await place.run('', { command: ['no-such-program'] });
      expect(unknown).toMatchObject({ exit: 127, timedOut: false });
      expect(unknown.output).toContain('not found');
      const nowhere = await place.run('true', { cwd: join(place.root, 'nowhere') });
      expect(nowhere).toMatchObject({ exit: null, timedOut: false });
      expect(nowhere.output).toContain('nowhere');
    });

    test('npm and git work inside, with the Node of the harness', async () => {
      const { output } = await place.run('node --version; npm --version && git --version');
      expect(output).toMatch(/^v\d+\.\d+\.\d+\n\d+\.\d+\.\d+\ngit version/u);
      expect(output.split('\n')[0]).toBe(process.version);
    });
  },
);

interface Listening extends AsyncDisposable {
  readonly listener: Server;
  readonly requests: string[];
}

async function listening(where: ListenOptions): Promise<Listening> {
  const requests: string[] = [];
  const listener = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end('answered');
  });
  listener.listen(where);
  await once(listener, 'listening');
  return {
    listener,
    requests,
    [Symbol.asyncDispose]: async () => {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function streamed(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? '' : text(stream);
}

async function stillBeating(work: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    await writeFile(join(work, 'beat'), 'silence');
    await delay(30);
    if ((await readFile(join(work, 'beat'), 'utf8')) === 'silence') return false;
  }
  return (await readdir(work)).includes('beat');
}
