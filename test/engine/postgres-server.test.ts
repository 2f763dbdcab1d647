import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { openServer } from '../../src/adapters/store/server/open-server.ts';
import { isServer } from '../../src/adapters/store/server/postmaster.ts';
import { testDatabase } from '../support/database.ts';
import { aHome, queryOnce, serverProcess, urlOf } from '../support/embedded-server.ts';

const silent = (): void => undefined;

/** Polls a condition that another process brings about and no event announces. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(20);
}

describe('an embedded server', { concurrent: true }, () => {
  test('starts on first use, is adopted after, and keeps its secret', async () => {
    await using at = await aHome();
    const order = { home: at.home, databaseUrl: null, log: silent };
    const first = await openServer(order);
    const pid = await at.serverPid();
    const second = await openServer(order);
    expect(second.url).toBe(first.url);
    expect(await at.serverPid()).toBe(pid);
    expect(await queryOnce(first.url, 'select current_database() as name')).toEqual([
      { name: 'harness' },
    ]);
    const password = new URL(first.url).password;
    const modes = await Promise.all(
      [at.place.root, at.place.password, at.place.log].map(async (path) => (await stat(path)).mode),
    );
    expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600']);
    const argv = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8');
    const environment = await readFile(`/proc/${String(pid)}/environ`, 'utf8');
    const log = await readFile(at.place.log, 'utf8');
    expect(`${argv}${environment}${log}`).not.toContain(password);
    expect(environment.split('\0').map((line) => line.split('=')[0])).not.toContain('HOME');
    await expect(queryOnce(first.url.replace(password, 'guess'), 'select 1')).rejects.toMatchObject(
      { code: '28P01' },
    );
    await first.release();
    await second.release();
  });

  test('three processes at once on an empty home make one database and one server', async () => {
    await using at = await aHome();
    await using one = serverProcess(at);
    await using two = serverProcess(at);
    await using three = serverProcess(at);
    const told = await Promise.all([one, two, three].map((each) => each.told()));
    expect(new Set(told.map(urlOf)).size).toBe(1);
    expect(told.filter((each) => 'started' in each && each.started)).toHaveLength(1);
    const log = await readFile(at.place.log, 'utf8');
    expect(log.match(/ready to accept connections/gu)).toHaveLength(1);
  });

  test('survives kill -9 of its starter, and the next process adopts it', async () => {
    await using at = await aHome();
    await using starter = serverProcess(at);
    const url = urlOf(await starter.told());
    const pid = await at.serverPid();
    await queryOnce(url, 'create table kept ()');
    await starter.kill();
    expect(await at.serverPid()).toBe(pid);
    await using next = serverProcess(at);
    expect(await next.told()).toEqual({ url, started: false });
    await queryOnce(url, 'select * from kept');
    await next.ask('release');
    expect(await at.serverPid()).toBeNull();
  });

  test('a killed server is started again, once, where it was, by all who notice', async () => {
    await using at = await aHome();
    await using one = serverProcess({ ...at, durability: 'full' });
    await using two = serverProcess({ ...at, durability: 'full' });
    const url = urlOf(await one.told());
    await two.told();
    await queryOnce(url, 'create table kept ()');
    const pid = await at.serverPid();
    process.kill(Number(pid), 'SIGKILL');
    await until(async () => !(await isServer(Number(pid), at.place)));
    const told = await Promise.all([one.ask('ensure'), two.ask('ensure')]);
    expect(told.map(urlOf)).toEqual([url, url]);
    expect(await at.serverPid()).not.toBe(pid);
    await queryOnce(url, 'select * from kept');
    const log = await readFile(at.place.log, 'utf8');
    expect(log.match(/ready to accept connections/gu)).toHaveLength(2);
  });

  test('the last one out stops it, and nobody before', async () => {
    await using at = await aHome();
    await using one = serverProcess(at);
    const url = urlOf(await one.told());
    await using two = serverProcess(at);
    await two.told();
    await one.ask('release');
    const guest = new Client({ connectionString: url });
    await guest.connect();
    await two.ask('release');
    expect(await at.serverPid()).not.toBeNull();
    await guest.end();
    await using three = serverProcess(at);
    await three.told();
    await three.ask('release');
    expect(await at.serverPid()).toBeNull();
    expect(await readFile(at.place.log, 'utf8')).toContain('database system is shut down');
  });

  test('a start that was killed half way leaves nothing in the way of the next', async () => {
    await using at = await aHome();
    await using killed = serverProcess(at);
    const silence = killed.told().catch(() => 'killed');
    await until(async () =>
      (await readdir(at.place.root).catch(() => [])).some((name) => name.startsWith('new-')),
    );
    await killed.kill();
    expect(await silence).toBe('killed');
    await using next = serverProcess(at);
    expect(await next.told()).toMatchObject({ started: true });
    expect((await readdir(at.place.root)).filter((name) => name.startsWith('new-'))).toEqual([]);
  });

  test('a pid file whose pid is another process by now does not stop the start', async () => {
    await using at = await aHome();
    await using first = serverProcess(at);
    const url = urlOf(await first.told());
    const text = await readFile(at.place.pidFile, 'utf8');
    await first.ask('release');
    await writeFile(at.place.pidFile, text.replace(/^\d+/u, String(process.pid)));
    await using second = serverProcess(at);
    expect(await second.told()).toEqual({ url, started: true });
  });

  test('a data folder held by a server that cannot be reached is refused', async () => {
    await using at = await aHome();
    await mkdir(at.place.root, { mode: 0o700 });
    await using holder = await lockHolder(at.place.serverLock);
    expect(holder.child.exitCode).toBeNull();
    await using late = serverProcess(at);
    expect(await late.told()).toMatchObject({
      code: 'DATABASE_IN_USE',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });
});

describe('the server in DATABASE_URL', () => {
  test('is used under both names of the scheme and never stopped', async () => {
    await using database = await testDatabase({ migrated: false });
    for (const scheme of ['postgres:', 'postgresql:']) {
      const databaseUrl = database.url.replace(/^\w+:/u, scheme);
      const server = await openServer({ home: '/nonexistent', databaseUrl, log: silent });
      expect(server).toMatchObject({ kind: 'external', url: databaseUrl });
      await server.ensure();
      await server.release();
    }
    expect(await queryOnce(database.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('is named by host and port, without the password, when it cannot be used', async () => {
    const databaseUrl = 'postgres://me:s3cret@127.0.0.1:1/db?sslmode=disable';
    const opening = openServer({ home: '/nonexistent', databaseUrl, log: silent });
    const error: unknown = await opening.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE', exit: 2 });
    expect(String(error)).toContain('127.0.0.1:1');
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret');
  });

  test('is refused, and not repeated, when it is no such address', async () => {
    const databaseUrl = 'mysql://me:s3cret@host/db';
    const opening = openServer({ home: '/nonexistent', databaseUrl, log: silent });
    const error: unknown = await opening.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DATABASE_URL_INVALID' });
    expect(String(error)).not.toContain('s3cret');
  });
});

/** Another program with the lock on the data folder, as a server in another container has it. */
async function lockHolder(file: string): Promise<AsyncDisposable & { child: ChildProcess }> {
  const words = ['-n', '-F', file, 'sh', '-c', 'echo held; exec sleep 60'];
  const child = spawn('flock', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const dispose = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { child, [Symbol.asyncDispose]: dispose };
}
