import { Client } from 'pg';
import { expect, test } from 'vitest';
import { anArena, type Arena } from './arena.ts';
import { examine } from './examine.ts';
import { expectSound } from './expectations.ts';
import { withStore } from './with-store.ts';

/** The database's address for a role of its own, which may hold so many connections at once. */
async function limitedTo(arena: Arena, connections: number): Promise<string> {
  const address = new URL(arena.databaseUrl ?? '');
  const database = address.pathname.slice(1);
  const role = `few_${database}`;
  const client = new Client({ connectionString: address.href });
  await client.connect();
  await client.query(`
    create role ${role} login password 'few' connection limit ${String(connections)};
    alter database ${database} owner to ${role};
    grant all on schema harness, drizzle to ${role};
    grant all on all tables in schema harness, drizzle to ${role};
    grant all on all sequences in schema harness, drizzle to ${role}`);
  await client.end();
  address.username = role;
  address.password = 'few';
  return address.href;
}

const RUN = ['run', '--idea', 'three words', '--autonomy', 'full'];

test('I6 a run completes on a third of the connections that it would take', async () => {
  await using arena = await anArena('shared');
  const database = await limitedTo(arena, 10);
  const run = arena.startOn(database, ...RUN, '--project-dir', arena.project);
  const { exit, stderr } = await run.ended;
  expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
  expectSound(await examine(arena));
});

test('I6 I9 with too few connections to begin with, a run says what to do and leaves nothing behind', async () => {
  await using arena = await anArena('shared');
  const database = await limitedTo(arena, 3);
  const run = arena.startOn(database, ...RUN, '--project-dir', arena.project);
  const { exit, stderr } = await run.ended;
  expect(exit).toBe(1);
  expect(stderr).toMatch(/too many connections for role .+ raise max_connections/su);
  await withStore(arena, async (store) => expect(await store.workers.live()).toEqual([]));
});
