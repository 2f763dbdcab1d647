import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError, messageOf } from '../../../domain/errors.ts';

/** One step of the database's tables, as this program brought it along. */
export interface Migration {
  /** Name of its files, `0002_kept_results`. */
  readonly tag: string;
  /** When it was written, Unix milliseconds; the database keeps it to tell what it has. */
  readonly when: number;
}

const Journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.int() })) });

/**
 * The migrations of this folder, oldest first. Throws `MIGRATIONS_DAMAGED` where its journal can't be
 * read, or is not in the order of time: of those drizzle would skip one in silence.
 */
export async function readJournal(folder: string): Promise<readonly Migration[]> {
  const file = join(folder, 'meta', '_journal.json');
  try {
    const { entries } = Journal.parse(JSON.parse(await readFile(file, 'utf8')));
    const late = entries.find(({ when }, at) => when <= (entries[at - 1]?.when ?? -1));
    if (late === undefined) return entries;
    throw new Error(`${late.tag} is not newer than the one before it`);
  } catch (error) {
    throw damaged(file, error);
  }
}

/**
 * The way back from one. Throws `MIGRATIONS_DAMAGED` when its file is gone, and `NO_WAY_BACK` (exit 2)
 * when nobody has written it.
 */
export async function readWayBack(folder: string, { tag }: Migration): Promise<string> {
  const file = join(folder, `${tag}.down.sql`);
  const sql = await readFile(file, 'utf8').catch((error: unknown) => {
    throw damaged(file, error);
  });
  if (withoutComments(sql).trim() !== '') return sql;
  throw new HarnessError(
    'NO_WAY_BACK',
    `${file} holds no statement yet; write the way back there first`,
    { exit: 2 },
  );
}

/** The statements alone. No statement of a migration holds `--` in a string. */
export function withoutComments(sql: string): string {
  return sql.replaceAll(/--.*$/gmu, '');
}

function damaged(file: string, cause: unknown): HarnessError {
  return new HarnessError(
    'MIGRATIONS_DAMAGED',
    `${file} of this installation is damaged (${messageOf(cause).replaceAll(/\s+/gu, ' ')}); install the program again`,
    { cause },
  );
}
