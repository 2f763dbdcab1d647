import { setTimeout as wait } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Client } from 'pg';
import { z } from 'zod';
import { HarnessError } from '../../domain/errors.ts';
import { MIGRATION } from './migrations/in-use.ts';
import type { Migration } from './migrations/journal.ts';
import { appliedOn, standingOn, type Standing } from './migrations/standing.ts';
import { login, shownAddress, unreachable } from './server/login.ts';

/** Which database, and by which migrations. */
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
 * Brings the database to this program's migrations, one process at a time; returns those that were
 * missing. Throws `DATABASE_NEWER` (exit 69) when another version of the program has taken it further.
 */
export function migrateDatabase(order: MigrationOrder): Promise<readonly Migration[]> {
  return withMigrationLock(order.url, async (client) => {
    const { known, applied } = await standingOn(client, order.migrationsFolder);
    const missing = known.slice(applied);
    await migrate(drizzle(client), { migrationsFolder: order.migrationsFolder });
    if (missing.length > 0) order.log(`applied ${String(missing.length)} database migration(s)`);
    return missing;
  });
}

/** How far this database is. */
export async function databaseVersion(url: string): Promise<DatabaseVersion> {
  const client = await connect(url);
  try {
    const applied = await appliedOn(client);
    return { count: applied.length, newest: applied.at(-1) ?? null };
  } finally {
    await client.end();
  }
}

/** How far it is, compared with the migrations of this folder; throws what `standingOn` throws. */
export async function databaseStanding(url: string, migrationsFolder: string): Promise<Standing> {
  const client = await connect(url);
  try {
    return await standingOn(client, migrationsFolder);
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
  const end = await login({ connectionString: url, application_name: MIGRATION }, 10);
  if (end.status === 'refused') throw unreachable(shownAddress(url), end.reason);
  return end.client;
}
