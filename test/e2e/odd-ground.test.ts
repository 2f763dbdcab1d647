import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit } from '../support/harness-cli.ts';
import { aSmallDisk } from '../support/small-disk.ts';
import { aSmallRun } from '../support/small-run.ts';

const run = promisify(execFile);
const IDEA = ['--idea', 'A module that converts feet.', '--no-interactive'];

/** Whoever owns the folder: a person's git, with the hooks that are there. */
async function userGit(folder: string, ...words: readonly string[]): Promise<string> {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'safe.directory=*'];
  const { stdout } = await run('git', [...who, ...words], { cwd: folder });
  return stdout.trim();
}

async function aRepository(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'README.md'), 'mine\n');
  await userGit(folder, 'init', '--quiet', '--initial-branch=main');
  await userGit(folder, 'add', '--all');
  await userGit(folder, 'commit', '--quiet', '-m', 'mine');
}

test('an idea that is no text to build from is refused with 2 before anything is stored', async () => {
  await using database = await testDatabase();
  const env = { ANTHROPIC_API_KEY: 'unused', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
  await using bench = await aBench({ databaseUrl: database.url, env });
  const ideas: readonly (readonly [name: string, content: string | Uint8Array, said: RegExp])[] = [
    ['blank', ' \n\t\u00A0\n', /is empty/],
    ['mark', '\uFEFF', /is empty/],
    ['zeros', '\0\0\0', /is empty/],
    ['invisible', '\u200B\u2060', /is empty/],
    ['bytes', Uint8Array.of(0x61, 0xff, 0xfe), /not UTF-8|not valid/i],
    ['large', 'feet '.repeat(210_000), /over \d+ bytes/],
  ];
  for (const [name, content] of ideas) await writeFile(join(bench.folder, name), content);
  const files = ideas.map(([name, , said]) => [name, said] as const);
  // Without an end, and nothing but zeros.
  for (const [file, said] of [...files, ['/dev/zero', /is empty/] as const]) {
    const refused = await bench.run(['run', '--idea-file', file, '--no-interactive']);
    proveExit(refused, 2);
    expect(refused.stderr).toMatch(said);
  }
  const { stdout } = await bench.run(['projects', '--json']);
  expect(stdout.trim()).not.toContain(bench.folder);
});

test.skipIf(quickOnly)(
  'a run ends well in a folder with an odd name, without HOME, under umask 077, with hooks and commits of the person',
  { timeout: 900_000 },
  async () => {
    await using small = await aSmallRun();
    const { bench } = small;
    const project = join(bench.folder, `it's "my"\n$(touch x); ünï 🧪 -- shop`);
    await aRepository(project);
    const hooks = join(project, '.git/hooks');
    for (const name of ['pre-commit', 'post-checkout', 'post-merge', 'reference-transaction'])
      await writeFile(join(hooks, name), `#!/bin/sh\necho ${name} >>"${bench.folder}/hooked"\n`, {
        mode: 0o755,
      });
    await writeFile(join(bench.folder, 'idea'), '\uFEFFA module\0 that converts feet.\n');
    const as = ['sh', '-c', 'umask 077; exec "$@"', 'sh'];
    const options = { as, env: { HOME: undefined } };
    const at = ['--project-dir', project];
    const words = ['run', '--idea-file', 'idea', '--no-interactive', '--existing', ...at];
    const running = bench.start(words, options);
    await running.heard(/initialize: started/);
    expect(await readdir(bench.folder)).not.toContain('hooked');
    await writeFile(join(project, 'NOTES.md'), 'by hand\n');
    await userGit(project, 'add', 'NOTES.md');
    await userGit(project, 'commit', '--quiet', '--no-verify', '-m', 'by hand');
    const mine = await userGit(project, 'rev-parse', 'HEAD');
    await rm(join(bench.folder, 'hooked'), { force: true });
    const ended = await running.ended;
    proveExit(ended, 0);
    expect(ended.stdout).toContain('git merge harness/main');
    expect(await userGit(project, 'rev-parse', 'HEAD')).toBe(mine);
    for (const name of ['hooked', 'x']) expect(await readdir(bench.folder)).not.toContain(name);
    await rm(hooks, { recursive: true });
    await userGit(project, 'merge', '--quiet', '--no-edit', 'harness/main');
    proveExit(await bench.run(['land', ...at], options), 0);
    const files = await readdir(project);
    expect(files).toEqual(expect.arrayContaining(['NOTES.md', 'README.md', 'package.json', 'src']));
    expect(await userGit(project, 'status', '--porcelain')).toBe('');
    const events = await bench.run(['events', ...at], options);
    expect(events.stdout).toMatch(/landed \w{10} in your repository\s*$/);
  },
);

test.skipIf(quickOnly)(
  'a project folder that is removed under way is named, and nothing that was made is lost',
  { timeout: 900_000 },
  async () => {
    await using small = await aSmallRun();
    const { bench } = small;
    const project = join(bench.folder, 'mine');
    const at = ['--project-dir', project];
    const running = bench.start(['run', ...IDEA, ...at]);
    await running.heard(/initialize: started/);
    await rename(project, join(bench.folder, 'elsewhere'));
    const ended = await running.ended;
    proveExit(ended, 75);
    expect(ended.stdout).toMatch(/mine is not there any more: put it back where it was/);
    expect(await readdir(bench.folder)).not.toContain('mine');
    await rename(join(bench.folder, 'elsewhere'), project);
    proveExit(await bench.run(['resume', '--no-interactive', ...at]), 0);
    expect(await readdir(project)).toContain('package.json');
  },
);

test.skipIf(quickOnly)(
  'a project folder that can not be written is named, before and under way',
  { timeout: 900_000 },
  async ({ skip }) => {
    const disk = await aSmallDisk('size=60m');
    if (typeof disk === 'string') return skip(disk);
    await using _ = disk;
    await using small = await aSmallRun();
    const { bench } = small;
    const project = join(disk.folder, 'mine');
    const at = ['--project-dir', project];
    await run('mount', ['-o', 'remount,ro', disk.folder]);
    const refused = await bench.run(['run', ...IDEA, ...at]);
    proveExit(refused, 2);
    expect(refused.stderr).toContain(`${project} can't be made or written`);
    await run('mount', ['-o', 'remount,rw', disk.folder]);
    const running = bench.start(['run', ...IDEA, ...at]);
    await running.heard(/initialize: started/);
    await run('mount', ['-o', 'remount,ro', disk.folder]);
    const ended = await running.ended;
    proveExit(ended, 75);
    expect(ended.stdout).toContain('no way to write');
    await run('mount', ['-o', 'remount,rw', disk.folder]);
    proveExit(await bench.run(['resume', '--no-interactive', ...at]), 0);
    expect(await readdir(project)).toContain('package.json');
  },
);
