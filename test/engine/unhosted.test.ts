import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import { engine } from '../../src/engine/deps.ts';
import { APPLICATION, attemptWorkflowId, VERSION } from '../../src/engine/names.ts';
import { endUnhosted, resumeRun } from '../../src/engine/operations.ts';
import { startEngine } from '../../src/engine/start.ts';
import { sweep } from '../../src/engine/wind-down.ts';
import { aHost, type TestHost } from './a-host.ts';
import { anImplementation, aRunOfItems, over } from './a-run-under-way.ts';
import { builds } from './plays.ts';

let host: TestHost;
beforeEach(async () => {
  host = await aHost();
});
afterEach(() => host[Symbol.asyncDispose]());

/** Claims an item as a dispatcher does, into a queue that nobody serves. */
async function claimed(run: Run): Promise<string> {
  const attemptId = randomUUID();
  const order = { parallel: 3, attemptId, sessionId: randomUUID() };
  await host.store.items.claimNext(run.id, order, () => async (transaction) => {
    const workflow = {
      queueName: 'served by nobody',
      workflowName: 'attempt',
      workflowID: attemptWorkflowId(attemptId),
      appVersion: VERSION,
      applicationName: APPLICATION,
    };
    await host.client.enqueueInTransaction(transaction, workflow, attemptId, { feedback: '' });
  });
  return attemptId;
}

test('I6 a run stopped while nobody hosts it is over with all it had open, and goes on when resumed', async () => {
  // The tables of the engine are made by its first start.
  await (await startEngine(host.engineDeps)).stop();
  const run = await anImplementation(host, { play: builds(), items: [{ key: 'A-1' }] });
  const attempt = await claimed(run);
  const { trackerOf } = host.engineDeps;
  const operating = { store: host.store, client: host.client, trackerOf };
  expect(await endUnhosted(operating, run, 'stop')).toBe('stopped');

  expect(await host.store.runs.get(run.id)).toMatchObject({ status: 'stopped' });
  expect(await host.store.attempts.sessions(run.id)).toEqual([]);
  expect((await host.store.attempts.get(attempt))?.end).toMatchObject({ status: 'aborted' });
  const tracker = await trackerOf(run);
  expect(await tracker.get('A-1')).toMatchObject({ status: 'todo', claim: null });

  const worker = await startEngine(host.engineDeps);
  await resumeRun(host, (await host.store.runs.get(run.id)) ?? run, {});
  expect(await over(host, run)).toMatchObject({ status: 'completed', generation: 2 });
  expect(await host.store.items.get(run.projectId, 'A-1')).toMatchObject({ attempts: 2 });
  await worker.stop();
});

test('I2 I6 an attempt without a workflow is ended, but not while its session ends here', async () => {
  const worker = await startEngine(host.engineDeps);
  const run = await aRunOfItems(host, { play: builds(), items: [{ key: 'A-1' }] });
  await host.store.runs.setStatus(run, 'running', null);
  const attempt = await claimed(run);
  const entry = engine().running.enter(attempt, run.id, { agent: true });
  await host.client.cancelWorkflow(attemptWorkflowId(attempt));
  await sweep(engine(), run);
  expect((await host.store.attempts.get(attempt))?.end).toBeNull();
  entry.leave();
  await sweep(engine(), run);
  expect((await host.store.attempts.get(attempt))?.end).toMatchObject({ code: 'infrastructure' });
  await worker.stop();
});
