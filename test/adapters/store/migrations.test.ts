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
