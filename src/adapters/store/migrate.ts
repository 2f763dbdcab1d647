import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Client } from 'pg';
import { z } from 'zod';
import { HarnessError } from '../../domain/errors.ts';
import { login, shownAddress, unreachable } from './server/login.ts';

export interface MigrationOrder {
  readonly url: string;
  /** Made by drizzle-kit: SQL files and `meta/_journal.json`. */
  readonly migrationsFolder: string;
  readonly log: (line: string) => void;
}

/** What a database has been brought to. */
export interface DatabaseVersion {
  /** Migrations applied. */
  readonly count: number;
  /** When the newest of them was written, Unix milliseconds (the journal's `when`); null for none. */
  readonly newest: number | null;
}

/** The key of the advisory lock: the letters `harn`. Taken by nothing else in this database. */
const LOCK_KEY = 0x68_61_72_6e;
/** Generous for a first migration on a slow machine. */
const LOCK_WAIT_MS = 300_000;

/**
 * Brings the database to this program's migrations, one process at a time. Throws `DATABASE_NEWER`
 * (exit 69) when another version of the program has taken it further.
 */
export function migrateDatabase(order: MigrationOrder): Promise<void> {
  return withMigrationLock(order.url, async (client) => {
    const before = await versionOn(client);
    await refuseNewer(before, order.migrationsFolder);
    await migrate(drizzle(client), { migrationsFolder: order.migrationsFolder });
    const after = await versionOn(client);
    const applied = after.count - before.count;
    if (applied > 0) order.log(`applied ${String(applied)} database migration(s)`);
  });
}

/** How far this database is. */
export async function databaseVersion(url: string): Promise<DatabaseVersion> {
  const client = await connect(url);
  try {
    return await versionOn(client);
  } finally {
    await client.end();
  }
}

/**
 * Runs `body` while no other process migrates this database; whoever creates tables, ours or the
 * engine's, does it in here. The lock is tried, never waited for inside the server: a waiter there
 * holds a snapshot, on which CREATE INDEX CONCURRENTLY waits for ever.
 */
export async function withMigrationLock<T>(
  url: string,
  body: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(url);
  try {
    await acquire(client);
    // Closing the connection gives the lock back, also when the body failed.
    return await body(client);
  } finally {
    await client.end();
  }
}

const Tried = z.array(z.object({ got: z.boolean() })).length(1);

async function acquire(client: Client): Promise<void> {
  const began = performance.now();
  for (;;) {
    const end = await client.query(`select pg_try_advisory_lock(${String(LOCK_KEY)}) as got`);
    if (Tried.parse(end.rows)[0]?.got === true) return;
    if (performance.now() - began > LOCK_WAIT_MS) {
      throw new HarnessError(
        'DATABASE_BUSY',
        'another process has been migrating the database for five minutes; end it and try again',
      );
    }
    await wait(100);
  }
}

async function connect(url: string): Promise<Client> {
  const end = await login({ connectionString: url, application_name: 'harness' }, 10);
  if (end.status === 'refused') throw unreachable(shownAddress(url), end.reason);
  return end.client;
}

const Applied = z
  .array(z.object({ count: z.int(), newest: z.coerce.number().nullable() }))
  .length(1);
const Table = z.array(z.object({ found: z.boolean() })).length(1);

async function versionOn(client: Client): Promise<DatabaseVersion> {
  const table = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  if (Table.parse(table.rows)[0]?.found !== true) return { count: 0, newest: null };
  const rows = await client.query(
    'select count(*)::int as count, max(created_at) as newest from drizzle.__drizzle_migrations',
  );
  return Applied.parse(rows.rows)[0] ?? { count: 0, newest: null };
}

const Journal = z.object({ entries: z.array(z.object({ when: z.int() })) });

async function refuseNewer(found: DatabaseVersion, folder: string): Promise<void> {
  const text = await readFile(join(folder, 'meta', '_journal.json'), 'utf8');
  const { entries } = Journal.parse(JSON.parse(text));
  const ours = Math.max(0, ...entries.map(({ when }) => when));
  if (found.newest === null || found.newest <= ours) return;
  throw new HarnessError(
    'DATABASE_NEWER',
    `the database was migrated by a newer version of the program (${new Date(found.newest).toISOString()}, this one knows ${new Date(ours).toISOString()}); install that version, or use another HARNESS_HOME or DATABASE_URL`,
    { exit: 69 },
  );
}
