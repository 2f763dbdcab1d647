import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepScreenshots, type Kept } from '../../src/verify/keep-screenshots.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1]);

let root: string;
let from: string;
let to: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shots-'));
  [from, to] = [join(root, 'from'), join(root, 'kept')];
  await mkdir(from);
});
afterEach(async () => rm(root, { recursive: true, force: true }));

const kept = (): Promise<Kept> => keepScreenshots({ from, to, prefix: 'try-2' });

test('pictures are kept by their content, in the order in which they were taken', async () => {
  await mkdir(join(from, 'sub'));
  const taken = [
    ['z first.png', PNG],
    ['sub/a.png', JPEG],
    ['puppeteer-1', PNG],
  ] as const;
  for (const [at, [name, content]] of taken.entries()) {
    await writeFile(join(from, name), content);
    await utimes(join(from, name), at + 1, at + 1);
  }
  const { screenshots, left } = await kept();
  expect(screenshots.map(({ file }) => file)).toEqual([
    'try-2-01-z-first.png',
    'try-2-02-a.jpeg',
    'try-2-03-puppeteer-1.png',
  ]);
  expect(left).toBe(0);
  expect(await readFile(join(to, 'try-2-02-a.jpeg'))).toEqual(JPEG);
  expect(screenshots[0]).toMatchObject({
    bytes: 11,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/u),
  });
});

test('I8 what is no picture, no regular file or too large stays where it is', async () => {
  await writeFile(join(root, 'secret.png'), Buffer.concat([PNG, Buffer.from('secret')]));
  await symlink(join(root, 'secret.png'), join(from, 'link.png'));
  await symlink(root, join(from, 'folder'));
  execFileSync('mkfifo', [join(from, 'pipe.png')]);
  await writeFile(join(from, 'page.html'), '<script>alert(1)</script>');
  await writeFile(join(from, 'script.png'), '#!/bin/sh');
  await writeFile(join(from, 'huge.png'), PNG);
  await truncate(join(from, 'huge.png'), 9 * 1024 ** 2);
  expect(await kept()).toEqual({ screenshots: [], left: 6 });
  expect(await readdir(root)).not.toContain('kept');
});

test('I8 a folder that is a link is none', async () => {
  await rm(from, { recursive: true });
  await mkdir(join(root, 'other'));
  await writeFile(join(root, 'other', 'a.png'), PNG);
  await symlink(join(root, 'other'), from);
  expect(await kept()).toEqual({ screenshots: [], left: 1 });
});

test('more than a session has use for are left', async () => {
  for (let number = 0; number < 45; number += 1) await writeFile(join(from, `${number}.png`), PNG);
  const { screenshots, left } = await kept();
  expect([screenshots.length, left]).toEqual([40, 5]);
});

test('a session that took none has none', async () => {
  await rm(from, { recursive: true });
  expect(await kept()).toEqual({ screenshots: [], left: 0 });
});
