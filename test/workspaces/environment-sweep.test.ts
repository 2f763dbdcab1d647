import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHostIdentity } from '../../src/engine/host-identity.ts';
import { findKept } from '../../src/workspaces/environment/kept.ts';
import { sweepEnvironments } from '../../src/workspaces/environment/sweep.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-03-01T12:00:00.000Z');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'environments-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keyOf = (number: number): string => String(number).padStart(32, '0');

async function made(name: string, hoursAgo: number): Promise<void> {
  const path = join(folder, name);
  const at = new Date(NOW - hoursAgo * HOUR_MS);
  const record = { key: name, command: 'npm ci', madeAt: path, outputs: ['node_modules'] };
  await mkdir(join(path, 'files', 'node_modules'), { recursive: true });
  await writeFile(join(path, 'environment.json'), JSON.stringify(record));
  for (const each of [join(path, 'environment.json'), path]) await utimes(each, at, at);
}

async function sweep(gone: (maker: string) => boolean | undefined = () => undefined) {
  const isGone = (maker: string): Promise<boolean | undefined> => Promise.resolve(gone(maker));
  await sweepEnvironments({ folder, now: NOW, newId: randomUUID, isGone });
  return (await readdir(folder)).toSorted((a, b) => a.localeCompare(b));
}

test('environments that were used within a day are kept, of the others the newest five', async () => {
  for (let number = 0; number < 9; number += 1) await made(keyOf(number), number * 20);
  // 0 and 20 hours ago, and the five after that.
  expect(await sweep()).toEqual([0, 1, 2, 3, 4, 5, 6].map(keyOf));
});

test('a use counts from when it was used, not from when it was made', async () => {
  for (let number = 0; number < 7; number += 1) await made(keyOf(number), 100 + number);
  await findKept(folder, keyOf(6), NOW);
  expect(await sweep()).toEqual([0, 1, 2, 3, 4, 6].map(keyOf));
});

const byName = (maker: string): boolean | undefined =>
  maker.startsWith('unknown') || maker === 'removed' ? undefined : maker.startsWith('gone');

test('drafts of processes that are gone are removed, at any age; of unknown ones only old ones', async () => {
  await made('draft-here.1.2-a', 30);
  await made('draft-gone.1.2-a', 0);
  await made('draft-unknown.1.2-a', 0);
  await made('draft-unknown.1.2-b', 30);
  await made('draft-removed-a', 30);
  await made('something else', 1000);
  expect(await sweep(byName)).toEqual([
    'draft-here.1.2-a',
    'draft-unknown.1.2-a',
    'something else',
  ]);
});

test('two that sweep at once do not fall over each other', async () => {
  for (let number = 0; number < 20; number += 1) await made(keyOf(number), 100 + number);
  await Promise.all([sweep(), sweep(), sweep()]);
  expect(await readdir(folder)).toHaveLength(5);
});

test.skipIf(process.platform !== 'linux')(
  'a process knows itself, one of its host that is gone, and that it knows nothing of others',
  async () => {
    const identity = await readHostIdentity(randomUUID);
    const { maker } = identity;
    const isGone = (name: string): Promise<boolean | undefined> => identity.isGone(name);
    expect(maker).toMatch(/^[\w.]+$/u);
    expect(await isGone(maker)).toBe(false);
    const [place = '', pid = ''] = maker.split('.');
    expect(await isGone(`${place}.${pid}.1`)).toBe(true);
    expect(await isGone(`${place}.999999999.1`)).toBe(true);
    expect(await isGone(`elsewhere.${pid}.1`)).toBeUndefined();
    expect(await isGone('removed')).toBeUndefined();
  },
);
