import { randomUUID } from 'node:crypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { openJsonTracker } from '../../src/adapters/trackers/json.ts';
import { openPostgresTracker } from '../../src/adapters/trackers/postgres.ts';
import type { TrackerClaim, WorkTracker } from '../../src/work/tracker.ts';
import { raceForAll } from '../adapters/trackers/race.ts';
import { aLinearTracker } from '../adapters/trackers/linear/a-linear-tracker.ts';
import { newItem } from '../contracts/tracker-given.ts';
import { testDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { NO_LIMITS, startFakeLinear } from '../support/linear/start-fake-linear.ts';

const ITEMS = 1000;
const PROCESSES = 8;

const items = Array.from({ length: ITEMS }, (_, index) => newItem({ key: `I-${index}` }));
const keys = items.map(({ key }) => key);

/** Keys that were won, those that the tracker gives another owner, and whether more than one process won any. */
async function outcomeOf(tracker: WorkTracker, won: readonly (readonly TrackerClaim[])[]) {
  const claims = won.flat();
  const held = new Map((await tracker.list()).map(({ key, claim }) => [key, claim]));
  return {
    won: claims.map(({ key }) => key).toSorted(),
    wrong: claims.filter(({ key, owner, fence }) => {
      const claim = held.get(key);
      return claim?.owner !== owner || claim.fence !== fence;
    }),
    shared: won.filter((one) => one.length > 0).length > 1,
  };
}

const ONCE_EACH = { won: keys.toSorted(), wrong: [], shared: true };

// Each takes up to two minutes on two cores.
const skip = quickOnly;

test.skipIf(skip)('I2 8 processes share 1,000 items in a file', { timeout: 900_000 }, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'harness-race-'));
  const place = join(folder.path, '.work_items.json');
  const tracker = openJsonTracker({ file: place, project: 'race' });
  await tracker.create(items);
  const order = { store: 'json', place, projectId: '', keys, processes: PROCESSES } as const;
  expect(await outcomeOf(tracker, await raceForAll(order))).toEqual(ONCE_EACH);
});

test.skipIf(skip)(
  'I2 8 processes share 1,000 items in Postgres',
  { timeout: 900_000 },
  async () => {
    await using database = await testDatabase();
    const pool = new Pool({ connectionString: database.url, max: 2 });
    try {
      const { rows } = await pool.query<{ id: string }>(
        `insert into harness.project (name, directory) values ('p', gen_random_uuid()::text) returning id`,
      );
      const projectId = rows[0]?.id ?? '';
      const tracker = openPostgresTracker({ pool, projectId });
      await tracker.create(items);
      const place = database.url;
      const order = { store: 'postgres', place, projectId, keys, processes: PROCESSES } as const;
      expect(await outcomeOf(tracker, await raceForAll(order))).toEqual(ONCE_EACH);
    } finally {
      await pool.end();
    }
  },
);

test.skipIf(skip)('I2 8 processes share 1,000 items in Linear', { timeout: 900_000 }, async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const projectId = randomUUID();
  const tracker = aLinearTracker(fake, { project: projectId });
  await tracker.create(items);
  const place = fake.apiUrl;
  const order = { store: 'linear', place, projectId, keys, processes: PROCESSES } as const;
  expect(await outcomeOf(tracker, await raceForAll(order))).toEqual(ONCE_EACH);
  expect(fake.store.all('Issue')).toHaveLength(ITEMS);
});
