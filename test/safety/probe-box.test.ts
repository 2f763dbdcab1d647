import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BoxVerdict } from '../../src/safety/box.ts';
import { probeBox } from '../../src/safety/probe-box.ts';
import { findToolchains } from '../../src/safety/toolchains.ts';
import { SYSTEM_PATH, unsealable } from './a-box.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-'));
});
afterEach(async () => rm(folder, { recursive: true }));

test.skipIf(unsealable)(
  'a machine that seals is usable, told by a command that ran sealed',
  async () => {
    expect(await probe(SYSTEM_PATH)).toEqual({
      usable: true,
      version: expect.stringMatching(/^\d+\.\d+/u),
      holding: expect.any(Object),
    });
  },
);

test('I8 without bubblewrap there is no box, and one command installs it', async () => {
  await program('apt-get', 'exit 0');
  expect(await probe(folder)).toMatchObject({
    usable: false,
    part: 'bubblewrap',
    remedy: 'sudo apt-get install -y bubblewrap',
  });
});

test('root is told to install without sudo, by the installer that is there', async () => {
  await program('dnf', 'exit 0');
  expect(await probe(folder, { root: true })).toMatchObject({
    remedy: 'dnf install -y bubblewrap',
  });
});

test('I8 a bubblewrap that cannot disable user namespaces is too old', async () => {
  await bwrap('bubblewrap 0.6.1', 'exit 0');
  expect(await probe(folder)).toMatchObject({
    part: 'bubblewrap',
    reason: 'version 0.6.1 is older than 0.8',
  });
});

test('without socat there is no wire', async () => {
  await program('bwrap', 'echo bubblewrap 0.8.0');
  expect(await probe(folder)).toMatchObject({
    part: 'socat',
    remedy: expect.stringContaining('install -y socat'),
  });
});

test.each([
  ['bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted', 'user namespaces', 'apparmor'],
  ['bwrap: setting up uid map: Permission denied', 'user namespaces', 'apparmor'],
  [
    "bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces. On e.g. debian this can be enabled with 'sysctl kernel.unprivileged_userns_clone=1'.",
    'user namespaces',
    'unprivileged_userns_clone=1',
  ],
  [
    'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    'user namespaces',
    'max_user_namespaces',
  ],
  ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", 'proc', 'systempaths'],
  ['bwrap: something else', 'bubblewrap', 'bwrap'],
])('I8 installed but unusable counts as missing: %s', async (message, part, remedy) => {
  await bwrap('bubblewrap 0.9.0', `echo "${message}" >&2; exit 1`);
  const verdict = await probe(folder);
  expect(verdict).toMatchObject({ usable: false, part, remedy: expect.stringContaining(remedy) });
  expect(verdict.usable ? '' : verdict.remedy).not.toContain('\n');
});

test('in a container the one command is the one that starts it', async () => {
  await bwrap('bubblewrap 0.9.0', 'echo "bwrap: setting up uid map: Permission denied"; exit 1');
  const verdict = await probe(folder, { container: true });
  expect(verdict).toMatchObject({ remedy: expect.stringMatching(/^docker run .*apparmor/u) });
});

test('I8 a bubblewrap that runs nothing, or says it did, is not believed', async () => {
  await bwrap('bubblewrap 0.9.0', 'exit 0');
  expect(await probe(folder)).toMatchObject({ usable: false });
  await bwrap('nonsense', 'exit 0');
  expect(await probe(folder)).toMatchObject({ usable: false, part: 'bubblewrap' });
});

async function probe(
  path: string,
  more: { readonly root?: boolean; readonly container?: boolean } = {},
): Promise<BoxVerdict> {
  const home = homedir();
  const place = { root: false, container: false, ...more };
  const toolchains = await findToolchains({ path: '', home, node: process.execPath });
  return probeBox({ folder: join(folder, 'shared'), toolchains, read: [], path, home, ...place });
}

async function bwrap(version: string, script: string): Promise<void> {
  await program('bwrap', `[ "$1" = --version ] && { echo "${version}"; exit 0; }\n${script}`);
  await symlink('/bin/true', join(folder, 'socat')).catch(() => undefined);
}

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}
