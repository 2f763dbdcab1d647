import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { SNAPSHOT_FILE } from '../../src/delivery/snapshot.ts';
import { testDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit, type Bench } from '../support/harness-cli.ts';
import { readSnapshotIn } from '../support/snapshot-looks.ts';
import { aSmallRun } from '../support/small-run.ts';

const run = promisify(execFile);
const IDEA = ['--idea', 'A module that converts feet.', '--no-interactive'];

/** A bench whose model is never asked. */
async function aQuietBench(): Promise<{ bench: Bench; url: string }> {
  const database = await testDatabase();
  const env = { ANTHROPIC_API_KEY: 'unused', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
  const bench = await aBench({ databaseUrl: database.url, env });
  onTestFinished(async () => {
    await bench[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  return { bench, url: database.url };
}

async function aRepository(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await commitAll(folder);
}

async function commitAll(folder: string): Promise<void> {
  const git = (...args: string[]) => run('git', args, { cwd: folder });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await commit(folder);
}

async function commit(folder: string): Promise<void> {
  const words = ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'mine'];
  await run('git', words, { cwd: folder });
}

test
  .skipIf(quickOnly)
  .each([
    '{"version": 1, "work_items": [',
    'null',
    '{"version":1,"work_items":[{}],"comments":{}}',
  ])(
  'a damaged tracker file is refused with 2 and left as it is: %s',
  { timeout: 180_000 },
  async (text) => {
    await using small = await aSmallRun({ yaml: 'backend: { type: json }\n' });
    const project = join(small.bench.folder, 'mine');
    await mkdir(project);
    await writeFile(join(project, '.work_items.json'), text);
    const ended = await small.bench.run(['run', ...IDEA, '--project-dir', project]);
    proveExit(ended, 2);
    expect(ended.stderr).toContain('.work_items.json');
    expect(await readFile(join(project, '.work_items.json'), 'utf8')).toBe(text);
  },
);

test.skipIf(quickOnly)(
  'a tracker file that is damaged under way parks the run with the cause, and it goes on once the file is mended',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun({ yaml: 'backend: { type: json }\n' });
    const project = join(small.bench.folder, 'mine');
    const file = join(project, '.work_items.json');
    const at = ['--project-dir', project];
    const running = small.bench.start(['run', ...IDEA, ...at]);
    await running.heard(/initialize: started/);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, -20));
    const parked = await running.ended;
    proveExit(parked, 75);
    expect(parked.stdout).toContain('.work_items.json');
    expect(await readFile(file, 'utf8')).toBe(text.slice(0, -20));
    const resume = ['resume', '--no-interactive', ...at];
    proveExit(await small.bench.run(resume), 2);
    await writeFile(file, text);
    proveExit(await small.bench.run(resume), 0);
    expect(await readFile(file, 'utf8')).toContain('"done"');
  },
);

test.skipIf(quickOnly)(
  'a damaged state file is made anew; work that is in the way of a landing stays, and lands later',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const project = join(small.bench.folder, 'mine');
    await aRepository(project, { 'README.md': 'mine\n' });
    // A tree that is dirty, and stays as it is.
    await writeFile(join(project, 'README.md'), 'mine, and not committed\n');
    await writeFile(join(project, SNAPSHOT_FILE), '{"version": 1, "proj');
    // Not committed, and exactly where the scaffold puts its own.
    await writeFile(join(project, 'package.json'), '{"name":"mine"}\n');
    const at = ['--project-dir', project];
    const ended = await small.bench.run(['run', ...IDEA, '--existing', ...at]);
    proveExit(ended, 0);
    expect((await readSnapshotIn(project)).status).toBe('completed');
    expect(await readFile(join(project, 'package.json'), 'utf8')).toBe('{"name":"mine"}\n');
    expect(ended.stdout).toMatch(/package\.json/);

    const still = await small.bench.run(['land', ...at]);
    expect(still.stdout + still.stderr).toContain('package.json');
    expect(await readFile(join(project, 'README.md'), 'utf8')).toBe('mine, and not committed\n');
    await run('mv', ['package.json', '../mine.json'], { cwd: project });
    await run('git', ['stash', '--quiet'], { cwd: project });
    const landed = await small.bench.run(['land', ...at]);
    proveExit(landed, 0);
    expect(await readFile(join(project, 'package.json'), 'utf8')).toContain('"test"');
    const { stdout } = await run('git', ['status', '--porcelain'], { cwd: project });
    expect(stdout).toBe('');
  },
);

test.skipIf(quickOnly)(
  'a repository with submodules or Git LFS is refused by name with 2',
  async () => {
    const { bench } = await aQuietBench();
    const modules = join(bench.folder, 'modules');
    await aRepository(modules, {
      '.gitmodules': '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n',
    });
    const head = (await run('git', ['rev-parse', 'HEAD'], { cwd: modules })).stdout.trim();
    const entry = `160000,${head},lib`;
    await run('git', ['update-index', '--add', '--cacheinfo', entry], { cwd: modules });
    await commit(modules);
    const large = join(bench.folder, 'large');
    await aRepository(large, { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' });
    for (const [folder, name] of [
      [modules, /submodules/],
      [large, /LFS/],
    ] as const) {
      const refused = await bench.run(['run', ...IDEA, '--existing', '--project-dir', folder]);
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringMatching(name)]);
    }
  },
);

test.skipIf(quickOnly)('a folder with files in it is refused with 2', async () => {
  const { bench } = await aQuietBench();
  const folder = join(bench.folder, 'full');
  await mkdir(folder);
  await writeFile(join(folder, 'main.c'), '');
  const refused = await bench.run(['run', ...IDEA, '--project-dir', folder]);
  expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining(folder)]);
  await commitAll(folder);
  const again = await bench.run(['run', ...IDEA, '--project-dir', folder]);
  expect([again.exit, again.stderr]).toEqual([2, expect.stringContaining('--existing')]);
});

test.skipIf(quickOnly)(
  'a database that does not answer is named, without its password',
  async () => {
    const { bench } = await aQuietBench();
    const env = { DATABASE_URL: 'postgresql://me:hidden@127.0.0.1:9/nowhere' };
    const refused = await bench.run(['run', ...IDEA], { env });
    proveExit(refused, 2);
    expect(refused.stderr).toContain('127.0.0.1:9 ');
    expect(refused.stdout + refused.stderr).not.toContain('hidden');
  },
);

test('a data folder on a network file system is refused with 2 before anything is made', async () => {
  const { bench } = await aQuietBench();
  // No such file system can be mounted by a test: only what the kernel says of the folder is replaced.
  const nfs = `import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
const { statfs } = fs;
fs.statfs = async (path, options) => {
  const found = await statfs(path, options);
  if (path.startsWith(${JSON.stringify(bench.home)})) found.type = 0x6969;
  return found;
};
syncBuiltinESMExports();`;
  const env = {
    DATABASE_URL: undefined,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(nfs)}`,
  };
  const refused = await bench.run(['run', ...IDEA], { env });
  expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('is on NFS')]);
  expect(refused.stderr).toMatch(/set HARNESS_HOME to a folder on a local disk, or DATABASE_URL/u);
  expect(await readdir(join(bench.home, 'postgres'))).toEqual([]);
  const examined = await bench.run(['doctor'], { env });
  expect([examined.exit, examined.stdout]).toEqual([2, expect.stringContaining('is on NFS')]);
});

test('a file that is no configuration, and one nobody can read, are refused with 2 and their names', async () => {
  const { bench } = await aQuietBench();
  const broken = join(bench.folder, 'broken.yaml');
  await writeFile(broken, 'project: [shop\n');
  const bytes = join(bench.folder, 'bytes.yaml');
  await writeFile(bytes, Uint8Array.of(0xff, 0xfe, 0));
  for (const [file, said] of [
    [broken, /broken\.yaml:\d+:\d+/],
    [bench.folder, /is not a regular file/],
    [bytes, /bytes\.yaml: is not UTF-8 text/],
  ] as const) {
    const refused = await bench.run(['run', ...IDEA, '--config', file]);
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringMatching(said)]);
  }
});

test.skipIf(quickOnly)('a database of a newer version is refused with 69', async () => {
  const { bench, url } = await aQuietBench();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)`,
  );
  await client.end();
  const refused = await bench.run(['run', ...IDEA]);
  expect([refused.exit, refused.stderr]).toEqual([69, expect.stringContaining('newer')]);
});
