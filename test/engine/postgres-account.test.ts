import { spawnSync } from 'node:child_process';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installedPackage } from '../../src/adapters/store/server/binaries.ts';
import { SYSTEM_PATH } from '../../src/adapters/store/server/command.ts';
import { refuseFileSystem } from '../../src/adapters/store/server/filesystem.ts';
import { aHome, queryOnce, serverProcess, urlOf } from '../support/embedded-server.ts';

const isRoot = process.getuid?.() === 0;

/** Words that run a command as this uid, or null where that user cannot read the program. */
function asUser(uid: number): readonly string[] | null {
  const id = String(uid);
  const words = ['--reuid', id, '--regid', id, '--clear-groups'];
  const probe = ['cat', join(installedPackage(), 'package.json'), process.execPath];
  const ran =
    isRoot && spawnSync('setpriv', [...words, ...probe], { stdio: 'ignore' }).status === 0;
  return ran ? ['setpriv', ...words] : null;
}

/** A PATH where this command always fails, as it does where the system forbids it. */
async function pathWithout(home: string, ...commands: readonly string[]): Promise<string> {
  const folder = join(home, 'bin');
  await mkdir(folder);
  for (const command of commands) {
    const text = `#!/bin/sh\necho "${command}: Operation not permitted" >&2\nexit 1\n`;
    await writeFile(join(folder, command), text, { mode: 0o755 });
  }
  return `${folder}:${SYSTEM_PATH}`;
}

/** The package as npm leaves it with install scripts off: no library links. */
async function packageWithoutLinks(home: string): Promise<string> {
  const folder = join(home, 'package');
  await cp(installedPackage(), folder, { recursive: true, verbatimSymlinks: true });
  for (const name of await readdir(join(folder, 'native/lib'))) {
    const path = join(folder, 'native/lib', name);
    if ((await lstat(path)).isSymbolicLink()) await rm(path);
  }
  return folder;
}

describe('as root', { skip: !isRoot, concurrent: true }, () => {
  test('files of the data folder stay its own, under a home nobody else may enter', async () => {
    await using at = await aHome();
    await using owner = serverProcess(at);
    urlOf(await owner.told());
    expect((await stat(at.place.data)).uid).toBe(0);
  });

  test('without user namespaces it runs as nobody, whose rights do not reach the home', async () => {
    await using at = await aHome();
    await using owner = serverProcess({
      ...at,
      path: await pathWithout(at.home, 'unshare'),
      durability: 'full',
    });
    const url = urlOf(await owner.told());
    const pid = String(await at.serverPid());
    expect((await stat(`/proc/${pid}`)).uid).toBeGreaterThan(0);
    expect((await stat(at.place.data)).uid).toBe((await stat(`/proc/${pid}`)).uid);
    await queryOnce(url, 'create table kept ()');
    process.kill(Number(pid), 'SIGKILL');
    urlOf(await owner.ask('ensure'));
    await owner.ask('release');
    expect(await at.serverPid()).toBeNull();
    await using later = serverProcess(at);
    await queryOnce(urlOf(await later.told()), 'select * from kept');
  });

  test('a database made with user namespaces goes on where they are forbidden', async () => {
    await using at = await aHome();
    await using before = serverProcess(at);
    await queryOnce(urlOf(await before.told()), 'create table kept ()');
    await before.ask('release');
    await using after = serverProcess({ ...at, path: await pathWithout(at.home, 'unshare') });
    expect(await queryOnce(urlOf(await after.told()), 'select * from kept')).toEqual([]);
    expect((await stat(at.place.data)).uid).toBeGreaterThan(0);
  });

  test('where neither way works the error names DATABASE_URL', async () => {
    await using at = await aHome();
    const path = await pathWithout(at.home, 'unshare', 'setpriv');
    await using owner = serverProcess({ ...at, path });
    expect(await owner.told()).toMatchObject({
      code: 'DATABASE_ACCOUNT',
      message: expect.stringMatching(/unshare: .*setpriv: .*DATABASE_URL/su),
    });
  });

  test('a full disk is named', async () => {
    await using at = await aHome();
    const mount = 'mount -t tmpfs -o size=12m none "$0" && exec "$@"';
    const as = ['unshare', '-m', 'sh', '-c', mount, at.home];
    if (spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status !== 0) return;
    await using owner = serverProcess({ ...at, as });
    expect(await owner.told()).toMatchObject({ code: 'DATABASE_DISK_FULL' });
  });

  test("another user's files are refused", async () => {
    await using at = await aHome();
    await mkdir(at.place.data, { recursive: true });
    await chown(at.place.data, 4242, 4242);
    await using owner = serverProcess(at);
    expect(await owner.told()).toMatchObject({
      code: 'DATABASE_OWNER',
      message: expect.stringContaining('4242'),
    });
  });
});

const nobody = asUser(65_534);
const nameless = asUser(12_345);

test.concurrent('an ordinary user runs it directly', { skip: nobody === null }, async () => {
  await using at = await aHome();
  await chown(at.home, 65_534, 65_534);
  await using owner = serverProcess({ ...at, as: nobody ?? [] });
  urlOf(await owner.told());
  expect((await stat(`/proc/${String(await at.serverPid())}`)).uid).toBe(65_534);
});

test.concurrent(
  'a user without a name or a whole package it may write still gets its server',
  { skip: nameless === null },
  async () => {
    await using at = await aHome();
    await using other = await aHome();
    await chmod(other.home, 0o755);
    await chown(at.home, 12_345, 12_345);
    const packageFolder = await packageWithoutLinks(other.home);
    await using owner = serverProcess({ ...at, as: nameless ?? [], packageFolder });
    urlOf(await owner.told());
    expect(await readdir(at.place.libraries)).toContain('libpq.so.5');
  },
);

test.concurrent('missing library links are mended in the package', async () => {
  await using at = await aHome();
  const packageFolder = await packageWithoutLinks(at.home);
  await using owner = serverProcess({ ...at, packageFolder });
  urlOf(await owner.told());
  const links = await lstat(join(packageFolder, 'native/lib/libpq.so.5'));
  expect(links.isSymbolicLink()).toBe(true);
});

test.concurrent('without flock nothing is started and the error says what to install', async () => {
  await using at = await aHome();
  const path = join(at.home, 'bin');
  await mkdir(path);
  for (const command of ['unshare', 'setpriv', 'sh', 'rm'])
    await symlink(join('/usr/bin', command), join(path, command));
  await using owner = serverProcess({ ...at, path });
  expect(await owner.told()).toMatchObject({
    code: 'DATABASE_START_FAILED',
    message: expect.stringContaining('util-linux'),
  });
  expect(await at.serverPid()).toBeNull();
});

test.concurrent.each([
  ['17\n', 'DATABASE_VERSION', 'Postgres 17'],
  [null, 'DATABASE_DAMAGED', 'PG_VERSION'],
])('a data folder with PG_VERSION %j is refused with %s', async (version, code, said) => {
  await using at = await aHome();
  await mkdir(at.place.data, { recursive: true, mode: 0o700 });
  if (version !== null) await writeFile(join(at.place.data, 'PG_VERSION'), version);
  await using owner = serverProcess(at);
  expect(await owner.told()).toMatchObject({ code, message: expect.stringContaining(said) });
});

test('a network file system is refused by its type, naming DATABASE_URL', () => {
  expect(() => {
    refuseFileSystem(0x6969, '/mnt/home');
  }).toThrow(/\/mnt\/home is on NFS.*DATABASE_URL/u);
  refuseFileSystem(0xef53, tmpdir());
});
