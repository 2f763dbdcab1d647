import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whyTooWide } from '../../src/safety/box-paths.ts';
import { findToolchains, type Toolchains } from '../../src/safety/toolchains.ts';

let home: string;
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'home-')));
});
afterEach(async () => rm(home, { recursive: true }));

test('of a version manager only the package is shown, never its home', async () => {
  const prefix = join(home, '.nvm/versions/node/v24');
  const cli = join(prefix, 'lib/node_modules/npm/bin/npm-cli.js');
  await program(cli);
  await writeFile(join(prefix, 'lib/node_modules/npm/package.json'), '{"version": "11.9.0"}');
  await mkdir(join(prefix, 'bin'));
  await symlink(cli, join(prefix, 'bin/npm'));
  const found = await find(join(prefix, 'bin'));
  expect(found.programs['npm']).toBe(cli);
  expect(found.mounts).toContain(join(prefix, 'lib/node_modules/npm'));
  expect(found.identity['npm']).toBe('11.9.0');
});

test('a single binary in a shared folder is shown alone', async () => {
  await program(join(home, '.cargo/bin/uv'));
  const found = await find(join(home, '.cargo/bin'));
  expect(found.mounts).toContain(join(home, '.cargo/bin/uv'));
  expect(found.mounts).not.toContain(join(home, '.cargo'));
});

test('what lies in the system folders needs no mount, the node of the harness comes first', async () => {
  const found = await find('/usr/bin:/bin');
  expect(found.programs['node']).toBe(await realpath(process.execPath));
  expect(found.programs['git']).toMatch(/^\/usr\//u);
  expect(found.mounts.some((mount) => mount.startsWith('/usr/'))).toBe(false);
});

test('a python is asked where it lives, and its prefix shown', async () => {
  const prefix = join(home, '.pyenv/versions/3.12.1');
  await program(join(prefix, 'bin/python3.12'));
  await program(join(prefix, 'bin/pip3'));
  const answer = `#!/bin/sh\necho '${prefix}'; echo 3.12; echo '3.12.1 (main)'\n`;
  await program(join(home, '.pyenv/shims/python3'), answer);
  const found = await find(join(home, '.pyenv/shims'));
  expect(found.programs['python3']).toBe(join(prefix, 'bin/python3.12'));
  expect(found.programs['pip3']).toBe(join(prefix, 'bin/pip3'));
  expect(found.mounts).toContain(prefix);
  expect(found.identity['python3']).toBe('3.12.1 (main)');
});

test('I8 a toolchain that would show the home is refused with its reason', async () => {
  await program(join(home, 'bin/python3.12'));
  await program(join(home, 'bin/python3'), `#!/bin/sh\necho '${home}'; echo 3.12; echo x\n`);
  const found = await find(join(home, 'bin'));
  expect(found.programs['python3']).toBeUndefined();
  expect(found.mounts).not.toContain(home);
  expect(found.refused[0]?.reason).toContain('holds the home folder');
});

test('shims that look for the wishes of a project are passed over', async () => {
  await program(join(home, '.asdf/shims/npm'));
  await program(join(home, '.volta/bin/volta-shim'));
  await symlink('volta-shim', join(home, '.volta/bin/yarn'));
  const found = await find(`${join(home, '.asdf/shims')}:${join(home, '.volta/bin')}`);
  expect(found.programs['npm']).toBeUndefined();
  expect(found.refused.map((tool) => tool.name)).toEqual(['yarn']);
});

test('I8 no home, no parent of one and no folder of many programs is narrow enough', () => {
  const wide = ['/', '/home', '/home/', '/root', '/home/ada', '/home/ada/.local', '/home/bob'];
  for (const path of wide) expect(whyTooWide(path, '/home/ada')).toBeDefined();
  expect(whyTooWide('/srv', '/srv/people/ada')).toBeDefined();
  expect(whyTooWide('/opt/tools', '/home/ada')).toBeUndefined();
  expect(whyTooWide('/home/ada/.nvm/versions/node/v24', '/home/ada')).toBeUndefined();
});

async function find(path: string): Promise<Toolchains> {
  return findToolchains({ path, home, node: process.execPath });
}

async function program(file: string, text = '#!/bin/sh\n'): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
}
