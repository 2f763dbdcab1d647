import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionPool } from '../../src/adapters/store/connect.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import type { Run } from '../../src/domain/run.ts';
import type { RunStore } from '../../src/work/run-store.ts';
import { aDraft, SETTINGS } from '../adapters/store/a-store.ts';
import { builtProgram } from '../support/built-program.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { aBench, type Bench, type Ended } from '../support/harness-cli.ts';

let database: TestDatabase;
let bench: Bench;
let store: RunStore;
let close: () => Promise<void>;

beforeAll(async () => {
  database = await testDatabase();
  bench = await aBench({ program: await builtProgram(), databaseUrl: database.url });
  const pool = connectionPool(database.url, { applicationName: 'harness-test', max: 4 });
  store = openStore({ pool });
  close = async () => {
    await store.close();
    await pool.end();
  };
});

afterAll(async () => {
  await close();
  await bench[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A running run of a project in this folder of the workspace, with two items. */
async function aRunIn(folder: string): Promise<Run> {
  const directory = join(bench.folder, folder);
  await mkdir(join(directory, '.harness', 'transcripts'), { recursive: true });
  const project = await store.projects.ensure({ directory, name: folder.split('/').at(-1) ?? '' });
  const order = { id: randomUUID(), projectId: project.id, idea: 'a shop', settings: SETTINGS };
  const run = await store.runs.create(order);
  await store.runs.setStatus(run, 'running', null);
  const drafts = [aDraft({ key: 'API-1' }), aDraft({ key: 'UI-1', dependencies: ['API-1'] })];
  await store.items.add(run.id, drafts, 'task_breakdown');
  return run;
}

function inside(folder: string, ...words: readonly string[]): Promise<Ended> {
  return bench.run(words, { cwd: join(bench.folder, folder) });
}

test('projects tells which run is not sealed', async () => {
  const run = await aRunIn('bare');
  await aRunIn('boxed');
  const reason = 'sandbox.driver is none';
  await store.events.append(run.projectId, run.id, [{ type: 'run.unsealed', reason }]);
  const { stdout } = await bench.run(['projects']);
  expect(stdout).toMatch(/^bare +running +NOT SEALED +\d/mu);
  expect(stdout).toMatch(/^boxed +running +\d/mu);
  const json = await bench.run(['projects', '--json']);
  expect(json.stdout).toContain(JSON.stringify(reason));
});

describe('A9 which project is meant', () => {
  test('the current folder, also from further inside; a named one that is none is refused', async () => {
    await aRunIn('here');
    await mkdir(join(bench.folder, 'here', 'src'));
    expect((await inside('here/src', 'status')).stdout).toMatch(/^here: running/u);
    const refused = await inside('here', 'status', '--project-dir', '/nowhere');
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('/nowhere')]);
  });

  test('else the latest of the workspace, which is named; to stop one of several it must be said', async () => {
    await aRunIn('workspaces/older');
    await aRunIn('workspaces/newer');
    const latest = await bench.run(['status', '--json']);
    expect(JSON.parse(latest.stdout)).toMatchObject({ project_name: 'newer' });
    expect(latest.stderr).toMatch(/^project newer in /u);
    const stop = await bench.run(['stop']);
    expect([stop.exit, stop.stderr]).toEqual([
      2,
      expect.stringMatching(/--project-dir:\n.*newer.*\n.*older/u),
    ]);
  });
});

function add(...words: readonly string[]): ReturnType<typeof inside> {
  return inside('twice', 'items', 'add', '--title', 'Search', '--check', 'true', ...words);
}

describe('items', () => {
  test('are listed, shown and explained', async () => {
    await aRunIn('listed');
    const list = await inside('listed', 'items');
    expect(list.stdout).toBe('API-1  todo  Make API-1\nUI-1   todo  Make UI-1   after API-1\n');
    const show = await inside('listed', 'items', 'show', 'API-1');
    expect(show.stdout).toContain('check     npm test');
    const why = (await inside('listed', 'why', 'UI-1')).stdout;
    expect(why).toMatch(
      /^UI-1 is still to do, but nobody works on it: no process carries out the run\.\nNext: .* resume` goes on/u,
    );
    expect((await inside('listed', 'items', 'show', 'NO-1')).exit).toBe(2);
  });

  test('are added with a key of their own, never with a dependency that does not exist', async () => {
    const run = await aRunIn('added');
    const words = ['items', 'add', '--title', 'Search', '--description', 'by title'];
    const check = ['--check', 'test -f a,b', '--check', 'true'];
    const added = await inside('added', ...words, ...check, '--depends', 'API-1,UI-1');
    expect([added.exit, added.stdout]).toEqual([
      0,
      expect.stringMatching(/^ADD-1 added\. No process/u),
    ]);
    expect(await store.items.get(run.projectId, 'ADD-1')).toMatchObject({
      title: 'Search',
      dependencies: ['API-1', 'UI-1'],
      checks: [
        { kind: 'command', run: 'test -f a,b', exit: 0 },
        { kind: 'command', run: 'true', exit: 0 },
      ],
    });
    const refused = await inside('added', ...words, ...check, '--depends', 'NO-1');
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('NO-1')]);
  });

  test('are not added twice with the same words, unless they are named or the first is out of the way', async () => {
    const run = await aRunIn('twice');
    expect((await add('--description', 'by title')).exit).toBe(0);
    const again = await add('--description', ' by title\n');
    expect([again.exit, again.stderr]).toEqual([
      2,
      expect.stringMatching(/ADD-1 says the same and is not done yet.*--key; nothing was added/u),
    ]);
    expect((await add('--description', 'by author')).stdout).toMatch(/^ADD-2 added/u);
    await store.items.block(run.projectId, 'ADD-1', 'skipped by a person', 'ada');
    expect((await add('--description', 'by title')).stdout).toMatch(/^ADD-3 added/u);
    expect((await add('--description', 'by title', '--key', 'MORE-1')).exit).toBe(0);
  });

  test('that are skipped count as settled by a person; a retry takes it back', async () => {
    const run = await aRunIn('skipped');
    await inside('skipped', 'items', 'skip', 'UI-1', '--reason', 'not now');
    expect(await store.items.get(run.projectId, 'UI-1')).toMatchObject({
      status: 'blocked',
      reason: 'skipped by a person: not now',
    });
    await inside('skipped', 'items', 'retry', 'UI-1');
    expect(await store.items.get(run.projectId, 'UI-1')).toMatchObject({ status: 'todo' });
    const snapshot = await readFile(
      join(bench.folder, 'skipped', '.orchestrator_state.json'),
      'utf8',
    );
    expect(JSON.parse(snapshot)).toMatchObject({ work: { todo: 2, blocked: 0 } });
  });
});

test('projects leave out former rehearsals of the same folder, unless all are wanted', async () => {
  const former = await aRunIn('rehearsed');
  await store.projects.retire(former.projectId);
  const usual = await bench.run(['projects']);
  expect(usual.stdout).not.toContain('rehearsed');
  expect(usual.stderr).toMatch(/^1 former rehearsal .* projects --all`/u);
  expect((await bench.run(['projects', '--all'])).stdout).toMatch(/^rehearsed +replaced/mu);
});

test('a command in a message is one that works as typed, with the project that was named', async () => {
  await aRunIn('typed');
  const { stdout } = await bench.run(['why', '--project-dir', 'typed']);
  const [, command = ''] = /`([^`]+)`/u.exec(stdout) ?? [];
  expect(command).toMatch(/^node .*bin\.[jt]s resume --project-dir typed$/u);
});

test('a request to stop a run that nobody hosts ends it and says so', async () => {
  const run = await aRunIn('orphan');
  const ended = await inside('orphan', 'stop');
  expect([ended.exit, ended.stdout, ended.stderr]).toEqual([
    0,
    expect.stringContaining('No process hosts this run'),
    '',
  ]);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'stopped' });
});

test('an approval is answered once: the second answer is refused', async () => {
  const run = await aRunIn('asked');
  const question = {
    phase: 'ideation',
    attempt: 1,
    stateHash: 'x',
    question: 'Approve ideation?',
  } as const;
  await store.approvals.ask(run, { id: `${run.id}/ideation/1`, ...question });
  const other = await inside('asked', 'approve', 'deploy');
  expect([other.exit, other.stderr]).toEqual([2, expect.stringContaining('ideation does')]);
  await writeFile(join(bench.folder, 'empty.md'), ' \n');
  const edit = join(bench.folder, 'empty.md');
  const empty = await inside('asked', 'approve', '--edit', edit);
  expect([empty.exit, empty.stderr]).toEqual([2, expect.stringContaining('is empty')]);
  expect(await store.approvals.pending(run.id)).toHaveLength(1);
  const unknown = await inside('asked', 'approve', 'cooking');
  expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining('ideation does')]);
});

test('what was said in a session is rendered, and what is no event is left out', async () => {
  const run = await aRunIn('said');
  const claimed = await store.items.claimNext(
    run.id,
    { parallel: 1, attemptId: randomUUID(), sessionId: randomUUID() },
    () => () => Promise.resolve(),
  );
  const at = '2026-03-01T10:20:30.000Z';
  const line = JSON.stringify({ at, event: { type: 'text', text: 'I \u001b[31mbegin\nnow' } });
  const path = `.harness/transcripts/${claimed?.attempt.sessionId ?? ''}.jsonl`;
  await writeFile(join(bench.folder, 'said', path), `${line}\nbroken\n{"at":"x"}\n`);
  const logs = await inside('said', 'logs', '--item', 'API-1');
  expect([logs.exit, logs.stdout]).toEqual([0, '10:20:30  API-1  I begin\n                 now\n']);
  expect((await inside('said', 'logs', '--session', 'nobody')).exit).toBe(2);
});

test('events come with their numbers, and only those after the one that is named', async () => {
  await aRunIn('told');
  const all = (await inside('told', 'events', '--json')).stdout.trim().split('\n');
  const last = all.length;
  expect(JSON.parse(all.at(-1) ?? '')).toMatchObject({ id: last, type: 'item.added' });
  const rest = await inside('told', 'events', '--after', String(last - 1));
  expect(rest.stdout).toMatch(
    new RegExp(
      `^ +${last} {2}\\d\\d:\\d\\d:\\d\\d {2}item UI-1: Make UI-1 \\(after API-1\\)\n$`,
      'u',
    ),
  );
});

test('the cost of nothing is nothing, and what is left is unknown', async () => {
  await aRunIn('free');
  const { stdout } = await inside('free', 'cost', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    total: { input_tokens: 0, cost_usd: 0 },
    forecast: { remaining_items: 2, more_usd: null },
  });
});
