import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { anArena, type Arena } from './arena.ts';
import { anEndlessModel, MODEL } from './endless-model.ts';
import { eventually } from './eventually.ts';
import { examine } from './examine.ts';
import { withStore } from './with-store.ts';

/** The planning takes a tenth of it; two coders that never stop take the rest in seconds. */
const BUDGET_USD = 3;

const CONFIG = `
backend: { type: postgres }
phases:
  ideation: { enabled: false }
  architecture: { enabled: false }
  testing: { enabled: false }
  deploy: { enabled: false }
agent: { model: ${MODEL} }
budget: { run_usd: ${BUDGET_USD} }
gateway: { attribution_headers: true }
`;

/** In US dollars: of the roles that are no coders, and of all. */
const SPENT = `select coalesce(sum(cost_usd) filter (where role <> 'coder'), 0)::float8 as planning,
  coalesce(sum(cost_usd), 0)::float8 as total from harness.usage`;

/** Processes that carried out attempts at work items. */
const WORKERS = `select distinct w.executor_id from dbos.workflow_status w
  join harness.attempt a on w.workflow_uuid = 'attempt:' || a.id where a.item_key is not null`;

async function asked<T extends object>(arena: Arena, query: string): Promise<readonly T[]> {
  const client = new Client({ connectionString: arena.databaseUrl ?? '' });
  await client.connect();
  try {
    return (await client.query<T>(query)).rows;
  } finally {
    await client.end();
  }
}

// About 30 s.
test('I5 two workers of the real program that spend at once never pass the cap together', async () => {
  await using arena = await anArena('shared');
  await using model = await anEndlessModel(arena.model.url);
  await writeFile(join(dirname(arena.home), 'orchestrator.yaml'), CONFIG);
  const changes = { ANTHROPIC_BASE_URL: model.url };
  const second = arena.startWith(changes, 'worker', '--parallel', '1');
  const first = arena.worker({ project: arena.project, capacity: 1, model: model.url });
  const limited = await withStore(arena, (store) =>
    eventually(async () => {
      const [project] = await store.projects.list();
      const run = project && (await store.runs.latest(project.id));
      return run?.status === 'limited' ? run : undefined;
    }),
  );
  expect(limited.reason).toMatch(/the budget of \$3 is reached/u);
  for (const { child, ended } of [first, second]) {
    child.kill('SIGTERM');
    await ended;
  }
  expect(model.most.atOnce).toBe(2);
  expect(await asked(arena, WORKERS)).toHaveLength(2);
  const [spent] = await asked<{ planning: number; total: number }>(arena, SPENT);
  const { planning = 0, total = 0 } = spent ?? {};
  // Nothing that the provider bills is missing from the record, and together they used up what there was.
  expect(total).toBeGreaterThan((planning + model.bill.usd) * 0.99);
  expect(planning + model.bill.usd).toBeGreaterThan(BUDGET_USD * 0.8);
  // What arrived between two looks at the cap is paid for: a read's worth for each answer broken off.
  expect(planning + model.bill.usd).toBeLessThan(BUDGET_USD * 1.02);
  expect(total).toBeLessThan(BUDGET_USD * 1.02);
  expect((await examine(arena)).attempts.filter(({ end }) => end === null)).toEqual([]);
});
