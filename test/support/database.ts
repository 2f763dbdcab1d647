import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { inject } from 'vitest';
import { migrateDatabase } from '../../src/adapters/store/migrate.ts';
import { installedPackage } from '../../src/adapters/store/server/binaries.ts';
import { SYSTEM_PATH } from '../../src/adapters/store/server/command.ts';
import type { DatabaseServer } from '../../src/adapters/store/server/database-server.ts';
import { openEmbedded } from '../../src/adapters/store/server/open-server.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

const silent = (): void => undefined;
const migrationsFolder = join(import.meta.dirname, '../../migrations');

/**
 * A database of its own on the server all tests share (durability off), dropped when disposed.
 * `migrated` (the default) has the product's tables; otherwise it is empty.
 */
export async function testDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const server = await sharedServer();
  const template = migrated ? await migratedTemplate(server.url) : 'template0';
  const name = `t_${randomBytes(8).toString('hex')}`;
  await asAdministrator(
    server.url,
    `create database ${name} template ${template} strategy file_copy`,
  );
  return {
    url: onDatabase(server.url, name),
    [Symbol.asyncDispose]: () =>
      asAdministrator(server.url, `drop database if exists ${name} with (force)`),
  };
}

let shared: Promise<DatabaseServer> | undefined;

/** Started by the first worker that wants it, adopted by the others; once per worker. */
function sharedServer(): Promise<DatabaseServer> {
  shared ??= openTestServer(inject('databaseHome'));
  return shared;
}

/** A server in `home` that is as fast as it is unsafe. */
export function openTestServer(home: string): Promise<DatabaseServer> {
  const packageFolder = installedPackage();
  return openEmbedded({ home, log: silent, packageFolder, durability: 'none', path: SYSTEM_PATH });
}

/** Made once per server and state of the migration files, whole or not at all. */
async function migratedTemplate(url: string): Promise<string> {
  const template = `tpl_${await migrationsHash()}`;
  await using client = await administrator(url);
  await client.query('select pg_advisory_lock(1)');
  const found = await client.query('select 1 from pg_database where datname = $1', [template]);
  if (found.rowCount === 1) return template;
  const building = `${template}_building`;
  await client.query(`drop database if exists ${building} with (force)`);
  await client.query(`create database ${building} template template0`);
  await migrateDatabase({ url: onDatabase(url, building), migrationsFolder, log: silent });
  await client.query(`alter database ${building} rename to ${template}`);
  return template;
}

async function migrationsHash(): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(migrationsFolder, { recursive: true });
  for (const name of names.filter((each) => /\.(?:sql|json)$/u.test(each)).toSorted())
    hash.update(`${name}\n`).update(await readFile(join(migrationsFolder, name)));
  return hash.digest('hex').slice(0, 16);
}

async function asAdministrator(url: string, statement: string): Promise<void> {
  await using client = await administrator(url);
  await client.query(statement);
}

async function administrator(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: onDatabase(url, 'postgres') });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

function onDatabase(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}
