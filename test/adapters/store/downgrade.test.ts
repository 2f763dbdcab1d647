import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { connectionPool } from '../../../src/adapters/store/connect.ts';
import { databaseStanding, migrateDatabase } from '../../../src/adapters/store/migrate.ts';
import {
  downgrade,
  planDowngrade,
  type DowngradeOrder,
} from '../../../src/adapters/store/migrations/downgrade.ts';
import { readJournal } from '../../../src/adapters/store/migrations/journal.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import type { WorkerIdentity } from '../../../src/work/run-store.ts';
import { testDatabase } from '../../support/database.ts';
import { aClaim, aRun, moveTo, SERVER_START_MS } from './a-store.ts';

const migrationsFolder = join(import.meta.dirname, '../../../migrations');
const nobodyDead = (): Promise<readonly string[]> => Promise.resolve([]);

/** The first to want the shared server waits for its start, which no single test should pay for. */
beforeAll(async () => {
  const database = await testDatabase();
  await database[Symbol.asyncDispose]();
}, SERVER_START_MS);

function back(url: string, target: string, rest: Partial<DowngradeOrder> = {}): DowngradeOrder {
  return { url, migrationsFolder, target, deadHere: nobodyDead, ...rest };
}

async function goBack(order: DowngradeOrder): Promise<void> {
  const way = await planDowngrade(order);
  if (way === null) throw new Error('it is there already');
  await downgrade(order, way);
}

const up = (url: string) => migrateDatabase({ url, migrationsFolder, log: () => undefined });

async function tagsOn(url: string): Promise<readonly string[]> {
  const { known, applied } = await databaseStanding(url, migrationsFolder);
  return known.slice(0, applied).map(({ tag }) => tag);
}

/** A connection that is not the harness's: it may stay open while the tables change. */
async function withPool<T>(url: string, body: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = connectionPool(url, { applicationName: 'somebody', max: 5 });
  try {
    return await body(pool);
  } finally {
    await pool.end();
  }
}

/** A stopped run with something in every column that a migration brought. */
function fill(url: string): Promise<void> {
  return withPool(url, async (pool) => {
    const store = openStore({ pool });
    const run = await aRun(store);
    const { fence } = await aClaim(store, run);
    await store.attempts.handIn(fence, []);
    const asked = { attempt: 1, commit: 'c1', execution: 'e1', again: false };
    await store.deployments.begin(run, asked);
    await store.phases.start(run, 'ideation', 1);
    await store.phases.discard(run, 'ideation', { attempt: 1, reason: 'too short' });
    await store.approvals.ask(run, {
      id: 'a1',
      phase: 'implement',
      attempt: 1,
      stateHash: 'h',
      question: 'May it?',
    });
    await pool.query(
      `insert into harness.reservation
        (id, project_id, run_id, attempt_id, session_id, phase, role, model, owner, usd)
        values ('c1', $1, $2, 'a1', 's1', 'implement', 'coder', 'a-model', 'w1', 0.5)`,
      [run.projectId, run.id],
    );
    await pool.query(`update harness.approval set item_key = 'API-1', change = '{"files": []}'`);
    await moveTo(store, run, { status: 'stopped' });
    await store.close();
  });
}

type Content = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Every row of every table of the harness. */
function contentOf(url: string): Promise<Content> {
  return withPool(url, async (pool) => {
    const { rows } = await pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'harness' order by 1`,
    );
    const content: Record<string, readonly Readonly<Record<string, unknown>>[]> = {};
    for (const { name } of rows) {
      const all = await pool.query(`select * from harness.${name} as t order by t::text`);
      content[name] = all.rows;
    }
    return content;
  });
}

/** The same without what a later version brought. */
function columnsOf(content: Content, shape: Content): Content {
  return Object.fromEntries(
    Object.entries(shape).map(([table, rows]) => {
      const names = Object.keys(rows[0] ?? {});
      const kept = (content[table] ?? []).map((row) =>
        Object.fromEntries(names.map((name) => [name, row[name]])),
      );
      return [table, kept];
    }),
  );
}

test.concurrent('each way back keeps every row of every column that stays, and says what goes', async () => {
  await using database = await testDatabase();
  const { url } = database;
  await fill(url);
  const before = await contentOf(url);
  const said: string[] = [];
  for (;;) {
    const way = await planDowngrade(back(url, '-1'));
    if (way?.to == null) break;
    said.push(...way.losses.map(({ what, rows }) => `${what}: ${rows}`));
    expect(way.steps.every(({ words }) => words.length > 20)).toBe(true);
    await downgrade(back(url, '-1'), way);
    const after = await contentOf(url);
    expect(after).toEqual(columnsOf(before, after));
    expect(Object.keys(after).length).toBeGreaterThan(8);
  }
  expect(await tagsOn(url)).toEqual(['0000_start']);
  expect(said).toEqual([
    'reservation: 1',
    'approval.change: 1',
    'approval.item_key: 1',
    'deployment: 1',
    'phase.feedback: 1',
    'phase.discarded: 1',
    'attempt.handed_in: 1',
  ]);
  const low = await contentOf(url);
  await up(url);
  const high = await contentOf(url);
  expect(columnsOf(high, low)).toEqual(low);
  expect(high['approval']?.[0]).toMatchObject({ question: 'May it?', change: null });
  expect(high['phase']?.map(({ discarded }) => discarded)).not.toContain(1);
});

test.concurrent('back to nothing counts every table, and the way up is free again', async () => {
  await using database = await testDatabase();
  const { url } = database;
  await fill(url);
  const way = await planDowngrade(back(url, 'base'));
  expect(way?.to).toBeNull();
  const counted = way?.losses.map(({ what }) => what);
  expect(counted).toEqual(expect.arrayContaining(['event', 'item', 'project', 'run']));
  expect(counted?.some((what) => what.includes('.'))).toBe(false);
  await goBack(back(url, 'base'));
  expect(await contentOf(url)).toEqual({});
  expect(await planDowngrade(back(url, 'base'))).toBeNull();
  await up(url);
  expect(await tagsOn(url)).toHaveLength((await readJournal(migrationsFolder)).length);
});

test.concurrent('a migration is named by its beginning, and what is not there is refused', async () => {
  await using database = await testDatabase();
  const { url } = database;
  await goBack(back(url, '0001'));
  expect(await tagsOn(url)).toEqual(['0000_start', '0001_handed_in']);
  for (const target of ['0003', '-3', '0', 'x', '--1'])
    await expect(planDowngrade(back(url, target))).rejects.toMatchObject({
      code: 'REVISION_UNKNOWN',
      exit: 2,
    });
  expect(await planDowngrade(back(url, '0001_handed_in'))).toBeNull();
});

test.concurrent('nothing is taken back while a run has not ended', async () => {
  await using database = await testDatabase();
  const { url } = database;
  await withPool(url, async (pool) => {
    const store = openStore({ pool });
    const run = await aRun(store);
    await expect(planDowngrade(back(url, '-1'))).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
      exit: 2,
      message: expect.stringMatching(/a run has not ended: \/p\/\S+ \(running\)/u),
    });
    await moveTo(store, run, { status: 'stopped' });
    await store.close();
  });
  await goBack(back(url, '-1'));
});

test.concurrent('nothing is taken back while a worker lives; one that died here is no hindrance', async () => {
  await using database = await testDatabase();
  const { url } = database;
  const worker: WorkerIdentity = {
    executorId: 'w1',
    hostId: 'h',
    bootId: 'b',
    pid: 1,
    pidStarted: '1',
    label: 'claude',
  };
  await withPool(url, (pool) =>
    openStore({ pool }).workers.join({ ...worker, labels: [] }, 60_000),
  );
  await expect(planDowngrade(back(url, '-1'))).rejects.toThrow(/a worker lives: w1/u);
  const asked: WorkerIdentity[] = [];
  const deadHere = (workers: readonly WorkerIdentity[]): Promise<readonly string[]> => {
    asked.push(...workers);
    return Promise.resolve(['w1']);
  };
  await goBack(back(url, '-1', { deadHere }));
  expect(asked).toContainEqual(worker);
});

test.concurrent('nothing is taken back while another process of the harness is connected', async () => {
  await using database = await testDatabase();
  const { url } = database;
  const pool = connectionPool(url, { applicationName: 'harness reader', max: 1 });
  await pool.query('select 1');
  await expect(planDowngrade(back(url, '-1'))).rejects.toThrow(/1 more connection of the harness/u);
  await pool.end();
  await goBack(back(url, '-1'));
});

test.concurrent('two that go one step back at once go back one step, not two', async () => {
  await using database = await testDatabase();
  const { url } = database;
  const order = back(url, '-1');
  const plans = await Promise.all([planDowngrade(order), planDowngrade(order)]);
  const ends = await Promise.allSettled(
    plans.map((way) =>
      way === null ? Promise.reject(new Error('no way')) : downgrade(order, way),
    ),
  );
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(ends.find((end) => end.status === 'rejected')?.reason).toMatchObject({
    code: 'DATABASE_MOVED',
    exit: 2,
  });
  expect(await tagsOn(url)).toHaveLength((await readJournal(migrationsFolder)).length - 1);
});

test.concurrent('more to lose than was agreed to is not lost', async () => {
  await using database = await testDatabase();
  const { url } = database;
  const order = back(url, '0002');
  const way = await planDowngrade(order);
  if (way === null) throw new Error('no way');
  await fill(url);
  await expect(downgrade(order, way)).rejects.toMatchObject({ code: 'DATABASE_MOVED', exit: 2 });
  expect((await contentOf(url))['approval']?.[0]).toMatchObject({ item_key: 'API-1' });
});

test.concurrent('a way back that fails half way changes nothing', async () => {
  await using database = await testDatabase();
  await using folder = await aCopy();
  const { url } = database;
  const file = join(folder.path, '0002_kept_results.down.sql');
  await writeFile(file, `${await readFile(file, 'utf8')}\nDROP TABLE "harness"."nowhere";`);
  const order = back(url, '0001', { migrationsFolder: folder.path });
  const before = await tagsOn(url);
  await expect(goBack(order)).rejects.toThrow(/nowhere/u);
  expect(await tagsOn(url)).toEqual(before);
  expect(Object.keys(await contentOf(url))).toContain('deployment');
});

test.concurrent('a way back that nobody has written yet is refused', async () => {
  await using database = await testDatabase();
  await using folder = await aCopy();
  await writeFile(join(folder.path, '0003_protected_change.down.sql'), '-- later\n');
  const order = back(database.url, '0002', { migrationsFolder: folder.path });
  await expect(planDowngrade(order)).rejects.toMatchObject({ code: 'NO_WAY_BACK', exit: 2 });
});

test.concurrent('a newer database is not taken back by a program that does not know it', async () => {
  await using database = await testDatabase();
  const { url } = database;
  await withPool(url, (pool) =>
    pool.query(
      `insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 4102444800000)`,
    ),
  );
  const refusal = { code: 'DATABASE_NEWER', exit: 69 };
  await expect(planDowngrade(back(url, '-1'))).rejects.toMatchObject(refusal);
  await expect(databaseStanding(url, migrationsFolder)).rejects.toMatchObject(refusal);
});

test.concurrent("a damaged record of migrations is refused, going up and going back, and isn't mended", async () => {
  await using database = await testDatabase();
  const { url } = database;
  await withPool(url, (pool) =>
    pool.query(
      `delete from drizzle.__drizzle_migrations
        where created_at = (select created_at from drizzle.__drizzle_migrations order by 1 offset 1 limit 1)`,
    ),
  );
  const refusal = { code: 'DATABASE_JOURNAL_DAMAGED' };
  await expect(up(url)).rejects.toMatchObject(refusal);
  await expect(planDowngrade(back(url, '-1'))).rejects.toMatchObject(refusal);
  await expect(databaseStanding(url, migrationsFolder)).rejects.toThrow(/0001_handed_in/u);
});

test.each([
  ['no JSON', '{"entries": ['],
  ['another shape', '{"entries": [{"tag": 1}]}'],
  ['not in the order of time', '{"entries": [{"tag": "b", "when": 2}, {"tag": "a", "when": 1}]}'],
])('a journal of the program that is damaged is refused: %s', async (_, text) => {
  await using folder = await aCopy();
  await writeFile(join(folder.path, 'meta/_journal.json'), text);
  await expect(readJournal(folder.path)).rejects.toMatchObject({ code: 'MIGRATIONS_DAMAGED' });
});

async function aCopy(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'harness-migrations-'));
  await cp(migrationsFolder, path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
