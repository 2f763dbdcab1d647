import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import type { EngineDeps } from '../../src/engine/deps.ts';
import { attemptWorkflowId } from '../../src/engine/names.ts';
import { resumeRun } from '../../src/engine/operations.ts';
import { takeUnserved } from '../../src/engine/reaper.ts';
import { startEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import { aRunOfItems, attemptsOf, over, until } from './a-run-under-way.ts';
import { builds, writes, type PlannedItem, type Playing } from './plays.ts';

let host: TestHost;
beforeEach(async () => {
  host = await aHost();
});
afterEach(() => host[Symbol.asyncDispose]());

function withLabels(...labels: readonly string[]): EngineDeps {
  const newIdentity = () => ({ ...host.engineDeps.newIdentity(), labels });
  return { ...host.engineDeps, labels, newIdentity };
}

/** A run whose phases another process carries out: only its items are to be given out. */
async function implementing(play: Playing, items: readonly PlannedItem[]): Promise<Run> {
  const run = await aRunOfItems(host, { play, items });
  await host.store.runs.setStatus(run, 'running', null);
  await host.store.phases.start(run, 'implement', 1);
  return { ...run, status: 'running' };
}

const statuses = async ({ projectId }: Run): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await host.store.items.list(projectId)).map(({ key, status }) => [key, status]),
  );

test('a worker with labels carries out what carries one of them, and nothing else', async () => {
  const run = await implementing(builds(), [
    { key: 'A-1', priority: 1 },
    { key: 'B-1', priority: 1, labels: ['docs'] },
    { key: 'C-1', labels: ['docs', 'Big Machine'] },
  ]);
  const special = await startEngine(withLabels('gpu', 'big machine'));
  await until(host, async () => (await statuses(run))['C-1'] === 'done');
  expect(await statuses(run)).toMatchObject({ 'A-1': 'todo', 'B-1': 'todo' });
  expect((await host.store.runs.get(run.id))?.status).toBe('running');
  await special.stop();
});

test('I6 what a worker with labels leaves waits for its like, and goes to all others when there is none', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const play: Playing = async function* waits({ attempt: { itemKey } }) {
    begun.resolve();
    yield { do: 'wait', for: gate.promise };
    yield writes(`${itemKey ?? ''}.txt`);
  };
  const run = await implementing(play, [{ key: 'A-1', labels: ['gpu'] }]);
  const special = await startEngine(withLabels('gpu'));
  await begun.promise;
  await special.stop();
  const like = { ...host.engineDeps.newIdentity(), executorId: 'its like', labels: ['gpu'] };
  await host.store.workers.join(like, 600_000);

  const general = await startEngine(host.engineDeps);
  await resumeRun(host, run, {});
  const [attempt] = await attemptsOf(host, run, 'coder');
  const place = async (): Promise<unknown> => {
    const { rows } = await host.pool.query(
      'select status, queue_name from dbos.workflow_status where workflow_uuid = $1',
      [attemptWorkflowId(attempt?.id ?? '')],
    );
    return rows[0];
  };
  const waiting = { status: 'ENQUEUED', queue_name: 'sessions#gpu' };
  await expect.poll(place, { timeout: 30_000 }).toEqual(waiting);
  await takeUnserved(host.engineDeps);
  expect(await place()).toEqual(waiting);

  gate.resolve();
  await host.store.workers.leave('its like');
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  expect(await attemptsOf(host, run, 'coder')).toHaveLength(1);
  await general.stop();
});
