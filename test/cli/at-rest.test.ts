import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataState } from '../../src/adapters/store/server/data-state.ts';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { isServer, readPidFile } from '../../src/adapters/store/server/postmaster.ts';
import { loadConfig, openApp, readResting, type App } from '../../src/app.ts';
import { SETTINGS } from '../support/a-run.ts';
import { aBench, USUAL_PATH, type Bench, type Ended } from '../support/harness-cli.ts';

/* One embedded server for all of them, started five times: 10 to 20 s. */

let bench: Bench;
const runs = new Map<string, string>();

const folderOf = (name: string): string => join(bench.folder, 'workspaces', name);

/** A run of each is complete, begun one after the other; nobody is at work, and the server is down. */
beforeAll(async () => {
  bench = await aBench();
  await withApp(async ({ store }) => {
    for (const name of ['books', 'shop']) {
      await mkdir(folderOf(name), { recursive: true });
      const project = await store.projects.ensure({ directory: folderOf(name), name });
      const order = { id: randomUUID(), projectId: project.id, idea: `a ${name}` };
      const run = await store.runs.create({ ...order, settings: SETTINGS });
      await store.runs.end(run, { status: 'completed', reason: null });
      runs.set(name, run.id);
    }
  });
});

afterAll(() => bench[Symbol.asyncDispose]());

async function withApp(body: (app: App) => Promise<void>): Promise<void> {
  const env = { HARNESS_HOME: bench.home };
  const config = loadConfig({ file: null, env, flags: {}, cwd: bench.folder });
  const order = { path: USUAL_PATH, homeFolder: bench.folder, log: () => undefined };
  const app = await openApp({ ...order, config });
  try {
    await body(app);
  } finally {
    await app.close();
  }
}

/** How it ended, and whether a server was started for it. */
async function status(
  words: readonly string[] = [],
  options: Parameters<Bench['run']>[1] = {},
): Promise<{ ended: Ended; started: boolean }> {
  const before = await dataState(bench.home);
  const ended = await bench.run(['status', '--json', ...words], options);
  return { ended, started: (await dataState(bench.home)) !== before };
}

const runOf = ({ stdout }: Ended): unknown => JSON.parse(stdout).run_id;

test('a run at rest is told by every rule of which project is meant, and no server is started', async () => {
  const line = `project shop in ${folderOf('shop')}\n`;
  const newest = await status();
  expect([newest.ended.exit, newest.ended.stderr, newest.started]).toEqual([0, line, false]);
  expect(JSON.parse(newest.ended.stdout)).toMatchObject({
    run_id: runs.get('shop'),
    project_name: 'shop',
    status: 'completed',
    why: expect.stringContaining('The run is complete'),
  });
  expect((await status(['--quiet'])).ended.stderr).toBe('');

  await mkdir(join(folderOf('books'), 'deep'));
  for (const [words, cwd] of [
    [['--project-dir', 'workspaces/books'], bench.folder],
    [[], folderOf('books')],
    [[], join(folderOf('books'), 'deep')],
  ] as const) {
    const { ended, started } = await status(words, { cwd });
    expect([runOf(ended), ended.stderr, started]).toEqual([runs.get('books'), '', false]);
  }
});

test('the configuration names it too, and the newest is said to be chosen the long way as well', async () => {
  const file = join(bench.folder, 'orchestrator.yaml');
  await writeFile(file, 'project: { name: books }\n');
  const named = await status();
  expect([runOf(named.ended), named.ended.stderr, named.started]).toEqual([
    runs.get('books'),
    '',
    false,
  ]);
  await rm(file);
  await writeFile(join(bench.folder, 'other.yaml'), 'items: { max_attempts: 7 }\n');
  const newest = await status(['--config', 'other.yaml']);
  expect([runOf(newest.ended), newest.started]).toEqual([runs.get('shop'), false]);
  expect(newest.ended.stderr).toBe(`project shop in ${folderOf('shop')}\n`);
});

test('only the database answers what is not at rest here', async () => {
  const env = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' };
  expect((await status([], { env })).ended.exit).not.toBe(0);
  const other = await status(['--project-dir', 'elsewhere']);
  expect([other.ended.exit, other.started]).toEqual([2, true]);
  await writeFile(join(bench.home, 'at-rest.json'), '{"version":');
  const damaged = await status();
  expect([runOf(damaged.ended), damaged.started]).toEqual([runs.get('shop'), true]);
  expect((await status()).started).toBe(false);
});

test('a run that was opened again is not at rest, though all was killed before a word of it was written', async () => {
  const record = await readFile(join(bench.home, 'at-rest.json'), 'utf8');
  expect(await readResting(bench.home)).toHaveLength(2);
  await withApp(async ({ store }) => {
    await store.runs.reopen(runs.get('shop') ?? '', {}, () => async () => undefined);
    await killServer();
  });
  expect(await readFile(join(bench.home, 'at-rest.json'), 'utf8')).toBe(record);
  expect(await readResting(bench.home)).toBeUndefined();
  // The second time the server was stopped in order: the run is in its record, as one that may go on.
  const killed = await status();
  const stopped = await status();
  for (const { ended, started } of [killed, stopped]) {
    expect(JSON.parse(ended.stdout)).toMatchObject({
      run_id: runs.get('shop'),
      status: expect.not.stringMatching('completed'),
    });
    expect(started).toBe(true);
  }
  const books = await status(['--project-dir', 'workspaces/books']);
  expect([runOf(books.ended), books.started]).toEqual([runs.get('books'), false]);
});

async function killServer(): Promise<void> {
  const place = placeIn(bench.home);
  const pid = (await readPidFile(place))?.pid ?? 0;
  expect(await isServer(pid, place)).toBe(true);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isServer(pid, place)).toBe(false);
}
