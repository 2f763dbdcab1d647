import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { connectionPool } from '../../../src/adapters/store/connect.ts';
import {
  databaseVersion,
  migrateDatabase,
  withMigrationLock,
} from '../../../src/adapters/store/migrate.ts';
import { testDatabase } from '../../support/database.ts';

const silent = (): void => undefined;

/** The first to want the shared server waits for its start, which no single test should pay for. */
beforeAll(async () => {
  const database = await testDatabase({ migrated: false });
  await database[Symbol.asyncDispose]();
}, 60_000);

/** A folder as drizzle-kit writes it; file n makes table t<n> at time `n`. */
async function folderWith(
  ...numbers: readonly number[]
): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'harness-migrations-'));
  await mkdir(join(path, 'meta'));
  for (const n of numbers) await writeFile(join(path, `000${n}_x.sql`), `create table t${n} ()`);
  const entries = numbers.map((n, idx) => ({ idx, when: n, tag: `000${n}_x`, breakpoints: true }));
  const journal = { version: '7', dialect: 'postgresql', entries };
  await writeFile(join(path, 'meta/_journal.json'), JSON.stringify(journal));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('migrations are applied once, in order, and counted', async () => {
  await using database = await testDatabase({ migrated: false });
  await using first = await folderWith(1);
  await using second = await folderWith(1, 2);
  const { url } = database;
  expect(await databaseVersion(url)).toEqual({ count: 0, newest: null });
  await migrateDatabase({ url, migrationsFolder: first.path, log: silent });
  expect(await databaseVersion(url)).toEqual({ count: 1, newest: 1 });
  const lines: string[] = [];
  for (let turn = 0; turn < 2; turn += 1)
    await migrateDatabase({ url, migrationsFolder: second.path, log: (line) => lines.push(line) });
  expect(await databaseVersion(url)).toEqual({ count: 2, newest: 2 });
  expect(lines).toEqual(['applied 1 database migration(s)']);
});

test('a database of a newer version is refused with exit 69 and left alone', async () => {
  await using database = await testDatabase({ migrated: false });
  await using newer = await folderWith(1, 2);
  await using older = await folderWith(1);
  const { url } = database;
  await migrateDatabase({ url, migrationsFolder: newer.path, log: silent });
  await expect(
    migrateDatabase({ url, migrationsFolder: older.path, log: silent }),
  ).rejects.toMatchObject({ code: 'DATABASE_NEWER', exit: 69 });
  expect(await databaseVersion(url)).toEqual({ count: 2, newest: 2 });
});

test('six processes that migrate an empty database at once all succeed', async () => {
  await using database = await testDatabase({ migrated: false });
  await using folder = await folderWith(1, 2, 3);
  const order = { url: database.url, migrationsFolder: folder.path, log: silent };
  await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(order)));
  expect(await databaseVersion(database.url)).toEqual({ count: 3, newest: 3 });
});

test('the migration lock lets one in at a time, and the waiter does not stop a concurrent index', async () => {
  await using database = await testDatabase({ migrated: false });
  const order: string[] = [];
  const entered = Promise.withResolvers<undefined>();
  const first = withMigrationLock(database.url, async (client) => {
    entered.resolve(undefined);
    await client.query('create table t (n int)');
    await client.query('create index concurrently on t (n)');
    order.push('first');
  });
  await entered.promise;
  await withMigrationLock(database.url, async () => {
    order.push('second');
    await Promise.resolve();
  });
  await first;
  expect(order).toEqual(['first', 'second']);
});

test('the lock is free again when the body fails', async () => {
  await using database = await testDatabase({ migrated: false });
  const failing = withMigrationLock(database.url, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await withMigrationLock(database.url, () => Promise.resolve('in'))).toBe('in');
});

test('a pool survives its connections being cut, idle or checked out, and ends stuck transactions', async () => {
  await using database = await testDatabase({ migrated: false });
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const pool = connectionPool(database.url, { applicationName: 'harness', max: 3, log });
  const [mine, other] = [await pool.connect(), await pool.connect()];
  const limit = await mine.query('show idle_in_transaction_session_timeout');
  expect(limit.rows).toEqual([{ idle_in_transaction_session_timeout: '15s' }]);
  const cut = new Promise((resolve) => {
    other.once('end', resolve);
  });
  await mine.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'harness' and datname = current_database() and pid <> pg_backend_pid()`,
  );
  await cut;
  other.release(true);
  mine.release();
  expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
  expect(lines.length).toBeGreaterThan(0);
  await pool.end();
});

test('a test database has the product tables and is gone when disposed', async () => {
  const database = await testDatabase();
  expect((await databaseVersion(database.url)).count).toBeGreaterThan(0);
  await database[Symbol.asyncDispose]();
  await expect(databaseVersion(database.url)).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
  });
});
