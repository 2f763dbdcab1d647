import type { ClientBase } from 'pg';
import { z } from 'zod';
import { HarnessError } from '../../../domain/errors.ts';
import { readJournal, type Migration } from './journal.ts';

/** How far a database is, compared with this program. */
export interface Standing {
  /** All migrations of this program, oldest first. */
  readonly known: readonly Migration[];
  /** So many of them, from the oldest on, has this database. */
  readonly applied: number;
}

const Table = z.array(z.object({ found: z.boolean() })).length(1);
const Rows = z.array(z.object({ when: z.coerce.number() }));

/** The migrations that this database says it has: when each was written, oldest first. */
export async function appliedOn(client: ClientBase): Promise<readonly number[]> {
  const table = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  if (Table.parse(table.rows)[0]?.found !== true) return [];
  const { rows } = await client.query(
    'select created_at as when from drizzle.__drizzle_migrations order by created_at',
  );
  return Rows.parse(rows).map(({ when }) => when);
}

/**
 * Compares the database with the folder. Throws `DATABASE_NEWER` (exit 69) when another version of the
 * program has taken it further, and `DATABASE_JOURNAL_DAMAGED` when what it says it has makes no sense:
 * then nothing is known of its tables, and nothing may be done to them.
 */
export async function standingOn(client: ClientBase, folder: string): Promise<Standing> {
  const known = await readJournal(folder);
  const applied = await appliedOn(client);
  refuseNewer(known, applied);
  const strange = applied.findIndex((when, at) => known[at]?.when !== when);
  if (strange === -1) return { known, applied: applied.length };
  throw new HarnessError(
    'DATABASE_JOURNAL_DAMAGED',
    `the database's record of its migrations (drizzle.__drizzle_migrations) is damaged: ${wordsFor(known[strange], applied[strange])}; restore a backup, or use another HARNESS_HOME or DATABASE_URL`,
  );
}

function wordsFor(expected: Migration | undefined, found: number | undefined): string {
  const place = found === undefined ? 'nothing' : new Date(found).toISOString();
  return expected === undefined
    ? `it names one too many (${place})`
    : `where ${expected.tag} should be is ${place}`;
}

function refuseNewer(known: readonly Migration[], applied: readonly number[]): void {
  const [ours, found] = [known.at(-1)?.when ?? 0, applied.at(-1)];
  if (found === undefined || found <= ours) return;
  throw new HarnessError(
    'DATABASE_NEWER',
    `the database was migrated by a newer version of the program (${new Date(found).toISOString()}, this one knows ${new Date(ours).toISOString()}); install that version, or use another HARNESS_HOME or DATABASE_URL`,
    { exit: 69 },
  );
}
