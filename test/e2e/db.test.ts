/** About 10 s: a dozen commands, and an embedded server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { aBench, type Bench } from '../support/harness-cli.ts';

let database: TestDatabase;
let bench: Bench;

beforeAll(async () => {
  database = await testDatabase({ migrated: false });
  bench = await aBench({ databaseUrl: database.url });
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const db = (...words: readonly string[]) => bench.run(['db', ...words]);
const parsed = (text: string): unknown => JSON.parse(text);

describe('on a server in DATABASE_URL', () => {
  test('R-067 an empty database is brought up, and says that it is current', async () => {
    const empty = await db('current', '--json');
    expect(parsed(empty.stdout)).toMatchObject({ current: null });
    const first = await db('upgrade');
    expect(first.stdout).toMatch(/^applied 0000_start\napplied 0001_/u);
    const second = await db('upgrade', '--json');
    expect(parsed(second.stdout)).toEqual({ applied: [] });
    const current = await db('current');
    expect(current.stdout).toMatch(/^\d{4}_\w+ \(newest\)\n$/u);
  });

  test('without a terminal, going back wants --yes, and says before what goes', async () => {
    const refused = await db('downgrade', '0002');
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toMatch(/- 0003_protected_change: What questions/u);
    expect(refused.stderr).toMatch(/add --yes/u);
    const done = await db('downgrade', '0002', '--yes', '--json');
    expect(done.exit).toBe(0);
    expect(parsed(done.stdout)).toMatchObject({ to: '0002_kept_results', done: true, lost: [] });
    const { stdout } = await db('current');
    expect(stdout).toMatch(/^0002_kept_results: \d+ migrations? behind; /u);
  });

  test('R-067 a database half way is shown in the history, and brought up', async () => {
    const half = await db('history');
    expect(half.stdout).toMatch(/^ {3}0003_protected_change +\S+ \S+ +not applied$/mu);
    expect(half.stdout).toMatch(/^> {2}0002_kept_results +\S+ \S+ +applied$/mu);
    const { stdout } = await db('upgrade');
    expect(stdout).toMatch(/^applied 0003_protected_change$/mu);
    const lines = (await db('history', '--json')).stdout.trim().split('\n').map(parsed);
    expect(lines.at(-1)).toMatchObject({ revision: '0000_start', applied: true, current: false });
    expect(lines[0]).toMatchObject({ applied: true, current: true });
  });

  test('a step that does not exist is refused', async () => {
    const { exit, stderr } = await db('downgrade', '-99', '--yes');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/the database has \d+ migrations; .*db history/u);
  });
});

test('R-067 the embedded database is brought up, taken back and brought up again', async () => {
  await using own = await aBench();
  const words = (...rest: readonly string[]) => own.run(['db', ...rest, '--json']);
  const none = await words('current');
  expect(none.exit).toBe(0);
  const first = parsed((await words('upgrade')).stdout);
  const back = await words('downgrade', 'base', '--yes');
  expect(parsed(back.stdout)).toMatchObject({ to: null, done: true });
  expect(parsed((await words('upgrade')).stdout)).toEqual(first);
});
