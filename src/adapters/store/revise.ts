import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../domain/errors.ts';
import { runCommand, SYSTEM_PATH } from './server/command.ts';
import { readJournal } from './migrations/journal.ts';

/** Paths of a new migration. */
export interface Revision {
  readonly up: string;
  /** Holds a comment and no statement yet: a person writes the way back. */
  readonly down: string;
}

/**
 * Compares the tables in the sources with the migrations beside them and writes the next one. Only in
 * a checkout, where drizzle-kit is: throws `NOT_A_CHECKOUT` (exit 2) elsewhere, `NOTHING_CHANGED` when
 * the migrations say all that the tables do, `REVISION_FAILED` with the tool's own words.
 */
export async function revise(order: {
  readonly packageFolder: string;
  /** What changes, in a few words: the file is named after it. */
  readonly message: string;
}): Promise<Revision> {
  const { packageFolder, message } = order;
  const tool = join(packageFolder, 'node_modules', 'drizzle-kit', 'bin.cjs');
  await refuseElsewhere([join(packageFolder, 'drizzle.config.ts'), tool]);
  const name = nameFor(message);
  const folder = join(packageFolder, 'migrations');
  const before = await readJournal(folder);
  const end = await runCommand([process.execPath, tool, 'generate', '--name', name], {
    env: { PATH: SYSTEM_PATH },
    cwd: packageFolder,
  });
  if (!end.ok)
    throw failed(
      `drizzle-kit could not write the migration (${end.said.replaceAll(/\s+/gu, ' ')})`,
    );
  const made = (await readJournal(folder))[before.length];
  if (made === undefined)
    throw new HarnessError(
      'NOTHING_CHANGED',
      'The migrations say already what the tables in src/adapters/store say, so there is nothing to write; change the tables first',
    );
  const down = join(folder, `${made.tag}.down.sql`);
  await writeFile(down, WANTED, { flag: 'wx' });
  return { up: join(folder, `${made.tag}.sql`), down };
}

/** The first line becomes what `harness db downgrade` says of the loss. */
const WANTED = `-- Write here what goes with this way back, in words for people, and the statements below.
`;

async function refuseElsewhere(needed: readonly string[]): Promise<void> {
  for (const path of needed)
    await access(path).catch((error: unknown) => {
      throw new HarnessError(
        'NOT_A_CHECKOUT',
        `Migrations are written in a checkout of the program, after \`npm ci\`; ${path} is not here`,
        { exit: 2, cause: error },
      );
    });
}

/** Longest name of a migration; file systems bear more, lists of them don't. */
const NAME_LENGTH = 60;

function nameFor(message: string): string {
  const words = message.toLowerCase().match(/[a-z0-9]+/gu) ?? [];
  const name = words.join('_').slice(0, NAME_LENGTH);
  if (name !== '') return name;
  throw new HarnessError(
    'REVISION_UNNAMED',
    'A migration is named after its message; give it words',
    {
      exit: 2,
    },
  );
}

function failed(what: string): HarnessError {
  return new HarnessError(
    'REVISION_FAILED',
    `${what}; where something was renamed it asks, so run \`npx drizzle-kit generate\` in a terminal`,
  );
}
