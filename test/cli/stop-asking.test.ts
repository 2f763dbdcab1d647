import { afterAll, beforeAll, expect, test } from 'vitest';
import { StopAsking } from '../../src/cli/stop-asking.ts';
import { aRun, aStore, SERVER_START_MS, type TestStore } from '../adapters/store/a-store.ts';

const PATIENCE_MS = 1200;

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

/** Asks for a stop; what it said, and its end once there is one. */
function ask(runId: string) {
  const said: string[] = [];
  const left = Promise.withResolvers<string>();
  const asking = new StopAsking({
    app: { store: tested.store },
    runId,
    warn: (line) => said.push(line),
    leave: left.resolve,
    patienceMs: PATIENCE_MS,
  });
  asking.wish('stop');
  return { asking, said, left: left.promise };
}

// About 3 s: longer than it would wait for a database that is away.
test('I6 a stop that waits for who holds the run is not taken for a database that does not answer', async () => {
  const run = await aRun(tested.store);
  const holder = await tested.pool.connect();
  const { asking, said, left } = ask(run.id);
  try {
    await holder.query('begin');
    await holder.query('select 1 from run where id = $1 for update', [run.id]);
    const patience = new Promise((resolve) => {
      setTimeout(resolve, 2.5 * PATIENCE_MS, 'still asked');
    });
    expect(await Promise.race([left, patience])).toBe('still asked');
    await holder.query('commit');
    await expect
      .poll(async () => (await tested.store.runs.get(run.id))?.control, { timeout: 10_000 })
      .toBe('stop');
    expect(said).toEqual([]);
  } finally {
    asking.stop();
    holder.release(true);
  }
});

test('I6 a stop that the database refuses is given up with its own words', async () => {
  const run = await aRun(tested.store);
  await tested.pool.query(`
    create function refuse() returns trigger language plpgsql
      as $$ begin raise exception 'nothing is written here'; end $$;
    create trigger refuse before update on run for each row execute function refuse()`);
  const { said, left } = ask(run.id);
  expect(await left).toMatch(/^The run was left, for its stop can't be recorded: .*written here/);
  expect(said).toHaveLength(1);
  await tested.pool.query('drop trigger refuse on run');
});
