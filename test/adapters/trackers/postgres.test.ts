import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgresTracker } from '../../../src/adapters/trackers/postgres.ts';
import { hasCode } from '../../../src/domain/errors.ts';
import { newItem } from '../../contracts/tracker-given.ts';
import { trackerContract } from '../../contracts/tracker.ts';
import type { OpenedStore } from '../../contracts/tracker-given.ts';
import { testDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { raceOf } from './race.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

async function newProject(): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into harness.project (name, directory) values ('p', gen_random_uuid()::text) returning id`,
  );
  return rows[0]?.id ?? '';
}

/** A project of its own is a store of its own. */
async function open(): Promise<OpenedStore> {
  const projectId = await newProject();
  const place = database.url;
  return {
    tracker: openPostgresTracker({ pool, projectId }),
    again: async () => openPostgresTracker({ pool, projectId }),
    race: (key, processes) => raceOf({ store: 'postgres', place, projectId, key, processes }),
    [Symbol.asyncDispose]: async () => {
      await pool.query('delete from harness.project where id = $1', [projectId]);
    },
  };
}

trackerContract('the Postgres tracker', open);

test('projects do not see each other', async () => {
  await using one = await open();
  await using other = await open();
  await one.tracker.create([newItem({ key: 'A' })]);
  expect(await other.tracker.list()).toEqual([]);
  await other.tracker.create([newItem({ key: 'A', title: 'Other' })]);
  await other.tracker.claim('A', 'o');
  expect(await one.tracker.get('A')).toMatchObject({ status: 'todo', claim: null });
});

test('a row that cannot be an item is damage, named by its column', async () => {
  const projectId = await newProject();
  const tracker = openPostgresTracker({ pool, projectId });
  await tracker.create([newItem({ key: 'A' })]);
  await pool.query(`update harness.tracker_item set labels = '{"a": 1}' where project_id = $1`, [
    projectId,
  ]);
  const error: unknown = await tracker.list().catch((thrown: unknown) => thrown);
  expect(hasCode(error, 'TRACKER_DAMAGED')).toBe(true);
  expect(error).toMatchObject({
    exit: 2,
    message: expect.stringContaining("harness.tracker_item: a row's labels"),
  });
});
