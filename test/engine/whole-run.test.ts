import { afterAll, beforeAll, expect, test } from 'vitest';
import { PHASES } from '../../src/domain/phase.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import { aRunOf, eventsOf, over } from './a-run-under-way.ts';
import { builds } from './plays.ts';

let host: TestHost;
let worker: StartedEngine;
beforeAll(async () => {
  host = await aHost();
  worker = await startEngine(host.engineDeps);
});
afterAll(async () => {
  await worker.stop();
  await host[Symbol.asyncDispose]();
});

test('a run goes through its phases in order, and its items through their dependencies', async () => {
  const items = [{ key: 'B-1', dependencies: ['A-1'] }, { key: 'A-1' }];
  const run = await aRunOf(host, builds(items));
  const ended = await over(host, run);
  expect(ended).toMatchObject({ status: 'completed', reason: null });
  const events = await eventsOf(host, run);
  const started = events.flatMap((event) => (event.type === 'phase.started' ? event.phase : []));
  expect(started).toEqual(PHASES.slice(0, -1));
  const done = events.flatMap((event) => (event.type === 'item.done' ? event.item : []));
  expect(done).toEqual(['A-1', 'B-1']);
});
