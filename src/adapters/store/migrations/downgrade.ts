import type { Client } from 'pg';
import { HarnessError, hasCode } from '../../../domain/errors.ts';
import { withMigrationLock } from '../migrate.ts';
import { inUse, refuseInUse, type DeadHere } from './in-use.ts';
import { readWayBack, type Migration } from './journal.ts';
import { lossesOf, type Loss } from './loss.ts';
import { standingOn, type Standing } from './standing.ts';

/** Which database, by which migrations, and how far back. */
export interface DowngradeOrder {
  readonly url: string;
  readonly migrationsFolder: string;
  /** `-N` steps, a migration's name or the beginning of it, or `base` for none at all. */
  readonly target: string;
  readonly deadHere: DeadHere;
}

/** A way back through one or more migrations. */
export interface WayBack {
  readonly from: Migration;
  /** Null: nothing is left of the harness's tables. */
  readonly to: Migration | null;
  /** The migrations that are taken back, the newest first, with their own words on what goes. */
  readonly steps: readonly { readonly tag: string; readonly words: string }[];
  readonly losses: readonly Loss[];
}

/**
 * What going back would do, without doing it; null when the database is there already. Throws
 * `REVISION_UNKNOWN` and `DATABASE_IN_USE` (exit 2), and what `standingOn` throws.
 */
export function planDowngrade(order: DowngradeOrder): Promise<WayBack | null> {
  return withMigrationLock(order.url, async (client) => (await planOn(client, order))?.way ?? null);
}

/**
 * Goes back as planned, in one transaction. Throws `DATABASE_MOVED` (exit 2), and changes nothing,
 * when the database is not any more where it was planned from, or more would be lost than was said.
 */
export function downgrade(order: DowngradeOrder, planned: WayBack): Promise<void> {
  return withMigrationLock(order.url, async (client) => {
    const plan = await planOn(client, order);
    if (plan === null || JSON.stringify(plan.way) !== JSON.stringify(planned)) throw moved();
    for (const { sql, when } of plan.ways) {
      await client.query(sql);
      await client.query('delete from drizzle.__drizzle_migrations where created_at = $1', [when]);
    }
    await client.query('commit');
  });
}

interface Plan {
  readonly way: WayBack;
  readonly ways: readonly Way[];
}

interface Way extends Migration {
  readonly sql: string;
}

/** Opens a transaction in which nothing changes any more; without a commit it leaves no trace. */
async function planOn(client: Client, order: DowngradeOrder): Promise<Plan | null> {
  await client.query('begin');
  const standing = await standingOn(client, order.migrationsFolder);
  const from = standing.known[standing.applied - 1];
  const left = targetIn(standing, order.target);
  if (from === undefined || left === standing.applied) return null;
  await holdStill(client);
  await refuseInUse(client, order.deadHere);
  const back = standing.known.slice(left, standing.applied).toReversed();
  const ways = await Promise.all(
    back.map(async (one): Promise<Way> => {
      const { tag, when } = one;
      return { tag, when, sql: await readWayBack(order.migrationsFolder, one) };
    }),
  );
  return {
    ways,
    way: {
      from,
      to: standing.known[left - 1] ?? null,
      steps: ways.map(({ tag, sql }) => ({ tag, words: wordsOf(sql) })),
      losses: await lossesOf(client, ways.map(({ sql }) => sql).join('\n')),
    },
  };
}

/** How many migrations are to be left. Throws `REVISION_UNKNOWN` (exit 2). */
function targetIn({ known, applied }: Standing, target: string): number {
  if (target === 'base') return 0;
  if (/^-\d+$/u.test(target)) {
    const left = applied + Number(target);
    if (left >= 0) return left;
    throw unknown(`the database has ${applied} migration${applied === 1 ? '' : 's'}`);
  }
  const found = known.flatMap(({ tag }, at) => (tag.startsWith(target) ? [at] : []));
  const [at] = found;
  if (at === undefined || found.length > 1)
    throw unknown(`${found.length === 0 ? 'no' : 'more than one'} migration begins with ${target}`);
  if (at < applied) return at + 1;
  throw unknown(`the database does not have ${target} yet`);
}

function unknown(why: string): HarnessError {
  return new HarnessError(
    'REVISION_UNKNOWN',
    `${why}; \`harness db history\` lists them, \`-1\` is one step back, \`base\` all`,
    { exit: 2 },
  );
}

function moved(): HarnessError {
  return new HarnessError(
    'DATABASE_MOVED',
    'the database was changed in the meantime, and nothing was taken back; look again with `harness db current`',
    { exit: 2 },
  );
}

/** The comment that a way back begins with: what it loses, in a person's words. */
function wordsOf(sql: string): string {
  const lines = sql.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('-- '));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.slice(3))
    .join(' ');
}

/** Nobody begins a run or joins as a worker until the end of this transaction. */
async function holdStill(client: Client): Promise<void> {
  await client.query(`set local lock_timeout = '10s'`);
  try {
    await client.query('lock table harness.run, harness.worker in share row exclusive mode');
  } catch (error) {
    if (!hasCode(error, '55P03')) throw error;
    throw inUse('somebody writes to it', 'end what runs on it', error);
  }
}
