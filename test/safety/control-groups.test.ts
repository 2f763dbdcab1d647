import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { limitsHere, memoryShare, resourceLimits } from '../../src/safety/box-limits.ts';
import { findControlGroups, holdingOf } from '../../src/safety/control-groups.ts';
import { controlMounts } from '../../src/safety/control-mounts.ts';
import { aBox, unsealable } from './a-box.ts';

const limits = { processes: 100, memoryBytes: 2 ** 30 };

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'groups-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  return folder;
}

test('the hierarchies of version 1 and 2 are found where this process is in them', async () => {
  const mounts = [
    '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    '39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids',
    '41 31 0:38 /user.slice /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
    '42 31 0:39 /elsewhere /hidden rw - cgroup cgroup rw,cpu',
    '23 1 0:20 / /proc rw - proc proc rw',
  ].join('\n');
  const own = '8:pids:/\n4:memory:/a/b\n3:cpu:/\n0::/user.slice/me.scope\n';
  expect(await controlMounts({ mounts, own })).toEqual([
    expect.objectContaining({ version: 1, own: '/sys/fs/cgroup/memory/a/b' }),
    expect.objectContaining({ version: 1, own: '/sys/fs/cgroup/pids' }),
    expect.objectContaining({ version: 2, own: '/sys/fs/cgroup/unified/me.scope' }),
  ]);
});

test('in version 2 the nearest parent that hands both controllers on is taken', async () => {
  const root = await aFolder();
  await mkdir(join(root, 'slice/scope'), { recursive: true });
  await writeFile(join(root, 'cgroup.subtree_control'), 'cpu memory pids\n');
  await writeFile(join(root, 'slice/cgroup.subtree_control'), 'memory pids\n');
  await writeFile(join(root, 'slice/scope/cgroup.subtree_control'), '\n');
  const tables = {
    mounts: `41 31 0:38 / ${root} rw - cgroup2 cgroup2 rw`,
    own: '0::/slice/scope\n',
  };
  const groups = await findControlGroups({ limits, pid: 7, tables });
  expect(groups?.holds).toEqual({ processes: true, memory: true });
  const group = groups?.open();
  const [door = ''] = group?.doors ?? [];
  expect(door.startsWith(join(root, 'slice/harness-box-7-'))).toBe(true);
  const written = async (file: string): Promise<string> => readFile(join(door, '..', file), 'utf8');
  expect([await written('pids.max'), await written('memory.max')]).toEqual([
    '100',
    String(2 ** 30),
  ]);
});

test('where nothing can be made there are no groups, and root is held by nothing', async () => {
  const mounts = '41 31 0:38 / /proc/self rw - cgroup2 cgroup2 rw';
  const groups = await findControlGroups({ limits, pid: 7, tables: { mounts, own: '0::/\n' } });
  expect(groups).toBeNull();
  expect(holdingOf(null, true).processes).toBe('nothing');
  expect(holdingOf(null, false)).toEqual({ processes: 'resource limit', memory: 'resource limit' });
});

test('groups of harnesses that are gone are swept', async () => {
  const root = await aFolder();
  await writeFile(join(root, 'cgroup.subtree_control'), 'pids');
  for (const pid of ['999999999', String(process.pid)])
    await mkdir(join(root, `harness-box-${pid}-1`));
  const tables = { mounts: `41 31 0:38 / ${root} rw - cgroup2 cgroup2 rw`, own: '0::/\n' };
  await findControlGroups({ limits, pid: 7, tables });
  const left = await readdir(root);
  expect(left).toContain(`harness-box-${process.pid}-1`);
  expect(left).not.toContain('harness-box-999999999-1');
});

test('a box takes most of a small machine and not all of a large one', () => {
  const gib = 2 ** 30;
  expect([1, 10, 256].map((size) => memoryShare(size * gib) / gib)).toEqual([2, 6, 16]);
});

test('resource limits stand in for the groups that are missing', () => {
  const grouped = { processes: 'control group', memory: 'control group' } as const;
  expect(resourceLimits(limitsHere(), grouped)).not.toMatch(/ulimit -[udp]/u);
  const bare = { processes: 'resource limit', memory: 'resource limit' } as const;
  expect(resourceLimits(limitsHere(), bare)).toMatch(/ulimit -u 2048 .*ulimit -d \d+/u);
});

const grouped = (await findControlGroups({ limits, pid: process.pid })) !== null;

test.skipIf(unsealable !== undefined || !grouped)(
  'I8 a box is in groups of its own from its first moment, and they go with it',
  async () => {
    await using place = await aBox();
    const { output } = await place.run('cat /proc/self/cgroup /proc/1/cmdline; sleep 0.1');
    expect(output).toMatch(/^\d*:(?:pids|memory|):\/$/mu);
    expect(output).not.toContain('harness-box');
    const mine = `harness-box-${process.pid}-`;
    const left = async (): Promise<readonly string[]> => {
      const folders = (await controlMounts(undefined)).map(({ own }) => own);
      const names = await Promise.all(
        folders.filter((at) => existsSync(at)).map((at) => readdir(at)),
      );
      return names.flat().filter((name) => name.startsWith(mine));
    };
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
  },
);
