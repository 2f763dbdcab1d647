import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { z } from 'zod';

const Applied = z
  .array(z.object({ count: z.int(), newest: z.coerce.number().nullable() }))
  .length(1);
const Journal = z.object({ entries: z.array(z.object({ when: z.int() })) });

/**
 * Whether this database answers and has exactly this program's migrations. False for everything
 * else, whatever the reason: who opens it properly finds out.
 */
export async function isCurrent(pool: Pool, migrationsFolder: string): Promise<boolean> {
  const journal = await readFile(join(migrationsFolder, 'meta', '_journal.json'), 'utf8');
  const { entries } = Journal.parse(JSON.parse(journal));
  try {
    const { rows } = await pool.query(
      'select count(*)::int as count, max(created_at) as newest from drizzle.__drizzle_migrations',
    );
    const [found] = Applied.parse(rows);
    const newest = Math.max(0, ...entries.map(({ when }) => when));
    return found?.count === entries.length && found.newest === newest;
  } catch {
    return false;
  }
}
