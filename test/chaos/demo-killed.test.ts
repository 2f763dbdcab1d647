import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { processEnvironment } from '../../src/config/variables.ts';
import { FAKE_KEY, NO_LIMITS, startFakeLinear } from '../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../support/linear/start-fake-linear.ts';
import { anArena, type Arena } from './arena.ts';
import { drive, type Killing } from './drive.ts';
import { examine } from './examine.ts';
import { expectSound } from './expectations.ts';
import { numbersOf } from './instants.ts';
import { toldOf } from './told.ts';

/** So many blows to demo mode with each tracker; the same seed strikes at the same moments. */
const { CHAOS_SEED: seed = '1', CHAOS_DEMO: count = '2' } = processEnvironment();

/** Blows in one run. */
const EACH = 5;
const ISSUES = 2;

/** Answers of the model in a run that nothing disturbs: eight of its initializer, four of each coder. */
const ANSWERS = 8 + 4 * ISSUES;

/** What agents and the harness write to Linear in such a run. */
const WRITES = 16;

const LEDGER = ['package.json', 'init.sh', 'src/money.js', 'src/store.js', '.linear_project.json'];

const next = numbersOf(Number(seed));

/** Moments from 1 to `last`, dealt out to runs; within a run one after the other. */
function rolls(last: number): readonly (readonly { at: number; delayMs: number }[])[] {
  const all = Array.from({ length: Number(count) }, (_none, index) => ({
    at: 1 + Math.floor(((index + next()) * last) / Number(count)),
    delayMs: Math.floor(next() * 150),
  }));
  const runs = Math.ceil(all.length / EACH);
  return Array.from({ length: runs }, (_none, run) =>
    all.filter((_roll, index) => index % runs === run),
  );
}

function blow(name: string, when: () => boolean, delayMs: number): Killing {
  return { name, when, delayMs, untold: false, where: () => true };
}

/** The local tracker as it is in the database. */
async function boardOf({ databaseUrl }: Arena) {
  const pool = new Pool({ connectionString: databaseUrl ?? '', max: 1 });
  try {
    const { rows } = await pool.query<{ title: string; status: string; said: string[] }>(
      `select i.title, i.status,
              coalesce(array_agg(c.text order by c.at) filter (where c.id is not null), '{}') as said
         from harness.tracker_item i
         left join harness.tracker_comment c on c.project_id = i.project_id and c.item_key = i.key
        group by i.key, i.title, i.status`,
    );
    const unsent = await pool.query('select 1 from harness.outbox where done_at is null');
    return { issues: rows, unsent: unsent.rowCount };
  } finally {
    await pool.end();
  }
}

/** Everything is there once, and said once. */
function expectOnce(
  issues: readonly { readonly title: string; readonly said: readonly string[] }[],
): void {
  expect(new Set(issues.map(({ title }) => title)).size).toBe(issues.length);
  expect(issues).toHaveLength(ISSUES + 1);
  for (const { title, said } of issues) {
    expect(said).toEqual([...new Set(said)]);
    if (title.startsWith('[META]')) continue;
    expect(said.filter((text) => text.startsWith('Built, with tests'))).toHaveLength(1);
    expect(said.filter((text) => text.startsWith('Done: '))).toHaveLength(1);
  }
}

// About two minutes each.
for (const plan of rolls(ANSWERS))
  test(`I6 demo mode with its own tracker, killed at answers ${plan.map(({ at }) => at).join(', ')}, doubles and loses nothing`, async ({
    annotate,
  }) => {
    await using arena = await anArena('shared', { demo: ISSUES });
    const killings = plan.map(({ at, delayMs }) =>
      blow(`answer ${at} + ${delayMs} ms`, () => arena.played.length >= at, delayMs),
    );
    const { kills, missed } = await drive(arena, killings);
    await annotate(`${kills.length} kills, ${arena.played.length} answers`);
    expect(missed).toEqual([]);
    const remains = await examine(arena);
    expectSound(remains, LEDGER);
    const { issues, unsent } = await boardOf(arena);
    expect(unsent).toBe(0);
    expectOnce(issues);
    expect(issues.filter(({ status }) => status === 'done')).toHaveLength(ISSUES);
  });

const isWrite = (fields: readonly string[]): boolean =>
  fields.some((field) => /^save_|(?:Create|Update)$/u.test(field));

function shownIn({ store }: FakeLinear) {
  return store.all('Issue').map((issue) => ({
    title: String(issue['title']),
    said: store
      .all('Comment')
      .filter((comment) => comment['issueId'] === issue.id)
      .map((comment) => String(comment['body'])),
  }));
}

// About two minutes each.
for (const plan of rolls(WRITES))
  test(`I6 demo mode with Linear, killed after save_project and writes ${plan.map(({ at }) => at).join(', ')}, doubles and loses nothing`, async ({
    annotate,
  }) => {
    await using fake = await startFakeLinear({ limits: NO_LIMITS });
    const linear = { apiUrl: fake.apiUrl, apiKey: FAKE_KEY, mcpUrl: fake.mcpUrl };
    await using arena = await anArena('shared', { linear, demo: ISSUES });
    const project = (): boolean => fake.store.all('Project').length > 0;
    const writes = (): number => fake.log.filter(({ fields }) => isWrite(fields)).length;
    const killings = [
      blow('the project is made', project, 0),
      ...plan.map(({ at, delayMs }) =>
        blow(`write ${at} + ${delayMs} ms`, () => writes() >= at, delayMs),
      ),
    ];
    const { kills, missed } = await drive(arena, killings);
    await annotate(`${kills.length} kills, ${writes()} writes`);
    expect(missed).toEqual([]);
    expectSound(await examine(arena), LEDGER);
    expect(fake.store.all('Project')).toHaveLength(1);
    expectOnce(shownIn(fake));
    const told = await toldOf(arena, fake);
    expect(told.states.filter((state) => state === 'completed')).toHaveLength(ISSUES);
    expect(told.unsent).toBe(0);
    expect(told.openClaims).toEqual([]);
  });
