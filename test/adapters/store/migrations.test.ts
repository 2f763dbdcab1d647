import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionPool } from '../../../src/adapters/store/connect.ts';
import { migrateDatabase } from '../../../src/adapters/store/migrate.ts';
import { readJournal, readWayBack } from '../../../src/adapters/store/migrations/journal.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import { testDatabase } from '../../support/database.ts';
import { aClaim, aRun, SERVER_START_MS } from './a-store.ts';

const migrationsFolder = join(import.meta.dirname, '../../../migrations');

interface Entry {
  readonly idx: number;
  readonly when: number;
  readonly tag: string;
}

async function entries(): Promise<readonly Entry[]> {
  const text = await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8');
  return JSON.parse(text).entries;
}

test('the times of the migrations grow with their numbers, or one would be skipped in silence', async () => {
  const all = await entries();
  const times = all.map(({ when }) => when);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  expect(all.map(({ idx }) => idx)).toEqual(all.map((_, at) => at));
  expect(all.every(({ idx, tag }) => tag.startsWith(String(idx).padStart(4, '0')))).toBe(true);
});

test('every migration has its way back beside it', async () => {
  const names = await readdir(migrationsFolder);
  const wanted = (await entries()).flatMap(({ tag }) => [`${tag}.sql`, `${tag}.down.sql`]);
  expect(names.filter((name) => name.endsWith('.sql')).toSorted()).toEqual(wanted.toSorted());
});

test('every way back has statements, and says before them what data goes', async () => {
  for (const migration of await readJournal(migrationsFolder))
    expect(await readWayBack(migrationsFolder, migration)).toMatch(/^-- \S.{20,}\n/u);
});

test(
  'the database goes up, down with its data, and up again',
  { timeout: SERVER_START_MS },
  async () => {
    await using database = await testDatabase({ migrated: false });
    const { url } = database;
    const up = () => migrateDatabase({ url, migrationsFolder, log: () => undefined });
    const pool = connectionPool(url, { applicationName: 'harness-test', max: 5 });
    const store = openStore({ pool });
    try {
      await up();
      await aClaim(store, await aRun(store));
      for (const { tag } of (await entries()).toReversed()) {
        await pool.query(await readFile(join(migrationsFolder, `${tag}.down.sql`), 'utf8'));
        await pool.query(
          'delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)',
        );
      }
      const left = `select from pg_namespace where nspname = 'harness'`;
      expect((await pool.query(left)).rowCount).toBe(0);
      await up();
      expect(await store.projects.list()).toEqual([]);
      await aClaim(store, await aRun(store));
    } finally {
      await store.close();
      await pool.end();
    }
  },
);

test('what was spent before caps were counted by day is counted', async () => {
  await using database = await testDatabase();
  const pool = connectionPool(database.url, { applicationName: 'harness-test', max: 5 });
  const store = openStore({ pool });
  try {
    const run = await aRun(store);
    await pool.query(
      `insert into harness.usage (project_id, request_id, run_id, session_id, phase, role, model,
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_usd)
        select $1, n::text, $2, 's' || n % 2, 'implement', 'coder', 'm', 1, 1, 0, 0, nullif(n, 4) * 0.1
        from generate_series(1, 4) n`,
      [run.projectId, run.id],
    );
    const counted = `select session_id, usd::float8, unpriced::int from harness.spent order by 1`;
    const before = (await pool.query(counted)).rows;
    expect(before).toEqual([
      { session_id: 's0', usd: 0.2, unpriced: 1 },
      { session_id: 's1', usd: 0.4, unpriced: 0 },
    ]);
    for (const name of ['0007_spending_by_day.down.sql', '0007_spending_by_day.sql'])
      await pool.query(await readFile(join(migrationsFolder, name), 'utf8'));
    expect((await pool.query(counted)).rows).toEqual(before);
  } finally {
    await store.close();
    await pool.end();
  }
});
