import { afterAll, beforeAll, expect, test } from 'vitest';
import { releaseNotes } from '../../examples/extending/release-notes.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import { aRunOf, attemptsOf, over } from './a-run-under-way.ts';
import { builds } from './plays.ts';

let host: TestHost;
let worker: StartedEngine;
beforeAll(async () => {
  host = await aHost();
  const phases = { ...host.engineDeps.phases, testing: releaseNotes };
  worker = await startEngine({ ...host.engineDeps, phases });
});
afterAll(async () => {
  await worker.stop();
  await host[Symbol.asyncDispose]();
});

test('R-137 the example phase runs in a pipeline', async () => {
  const run = await aRunOf(host, builds());
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const states = await host.store.phases.list(run.id);
  expect(states.find(({ name }) => name === 'testing')).toMatchObject({
    status: 'completed',
    outputs: ['PRPs/plans/release_notes.md'],
  });
  expect(await attemptsOf(host, run, 'tester')).toEqual([]);
  const hub = await host.hubOf({ id: run.projectId });
  const text = await hub.readFile(await hub.head(), 'PRPs/plans/release_notes.md');
  expect(text).toMatch(/^# Release notes\n\n- Make A-1 \(A-1, [0-9a-f]{40}\)\n$/u);
});
