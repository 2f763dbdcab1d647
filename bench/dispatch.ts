import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, openApp, processEnvironment } from '../src/app.ts';
import { dispatch } from '../src/engine/dispatcher.ts';
import { createRunning } from '../src/engine/running.ts';
import { median } from './measures.ts';

/**
 * What one look of the dispatcher costs in a run of 1,000 work items of which 500 were done in 700
 * attempts: with all agents busy (nothing to give out), and with a tracker to be read.
 */
const [ITEMS, DONE, ATTEMPTS, ROUNDS] = [1000, 500, 700, 30];
const root = mkdtempSync(join(tmpdir(), 'bench-'));
const env: Readonly<Record<string, string | undefined>> = {
  ...processEnvironment(),
  HARNESS_HOME: join(root, 'home'),
  DATABASE_URL: undefined,
};
const config = loadConfig({ file: null, env, flags: { interactive: false }, cwd: root });
const log = (): void => undefined;
const app = await openApp({ config, path: env['PATH'] ?? '', homeFolder: homedir(), log });
const { store, pool } = app;
const project = await store.projects.ensure({ directory: root, name: 'bench' });
const created = await store.runs.create({
  id: randomUUID(),
  projectId: project.id,
  idea: 'bench',
  settings: {
    ...config.settings,
    parallel: 3,
    backend: { type: 'postgres', jsonFile: '', linearTeam: null, linearProject: null },
  },
});
await pool.query(`update harness.run set status = 'running' where id = $1`, [created.id]);
const run = { ...created, status: 'running' as const };
await pool.query(
  `update harness.phase set status = 'running', attempts = 1 where run_id = $1 and name = 'implement'`,
  [run.id],
);
await store.items.add(
  run.id,
  Array.from({ length: ITEMS }, (_, at) => ({
    key: `I-${at}`,
    title: `Item ${at}`,
    description: 'x'.repeat(1000),
    priority: 3 as const,
    dependencies: at < 10 ? [] : [`I-${at - 10}`],
    checks: [{ kind: 'command' as const, run: 'npm test', exit: 0 }],
  })),
  'bench',
);
const engine = {
  deps: {
    store,
    trackerOf: (one: typeof run) => app.trackerOf(one),
    capacity: 16,
    newId: randomUUID,
    log,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
  },
  running: createRunning(),
};
const look = Reflect.apply.bind(null, dispatch, undefined);
// The tracker hears of all items first.
for (let left = true; left; left = (await store.outbox.pending(project.id, 1)).length > 0)
  await look([engine, {}, { ...run, control: 'pause' }]);
await pool.query(
  `update harness.item set status = 'done', "commit" = 'c' where run_id = $1
   and substr(key, 3)::int < $2`,
  [run.id, DONE],
);
const insert = `insert into harness.attempt (id, project_id, run_id, phase, role, item_key, number,
    session_id, fence, "end", ended_at)
  select $4 || n, $1, $2, 'implement', 'coder', 'I-' || (n + $5::int), 1, n, n,
    case when $6 then jsonb_build_object('status', 'succeeded', 'text', repeat('x', 2000)) end,
    case when $6 then now() end
  from generate_series(0, $3::int - 1) n`;
await pool.query(insert, [project.id, run.id, ATTEMPTS, 'ended', 0, true]);

async function measure(name: string): Promise<void> {
  let queries = 0;
  const count = (): void => {
    queries += 1;
  };
  pool.on('acquire', count);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await look([engine, {}, run]);
    times.push(performance.now() - began);
  }
  pool.off('acquire', count);
  console.log(
    `${name}: ${median(times).toFixed(1)} ms a look (median of ${ROUNDS}), ${(queries / ROUNDS).toFixed(1)} connections taken`,
  );
}

// Agents that work on three items leave no slot; without a slot in this process nothing is given out.
engine.deps.capacity = 0;
await measure('a tracker to be read, nothing to be given out here');
await pool.query(insert, [project.id, run.id, 3, 'open', DONE, false]);
await measure('every agent busy');
await app.close();
rmSync(root, { recursive: true, force: true });
