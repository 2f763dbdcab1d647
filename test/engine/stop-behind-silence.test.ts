import { expect, test } from 'vitest';
import { HarnessError } from '../../src/domain/errors.ts';
import { requestControl } from '../../src/engine/operations.ts';
import { startEngine } from '../../src/engine/start.ts';
import type { WorkTracker } from '../../src/work/tracker.ts';
import { aHost } from './a-host.ts';
import { aRunOfItems, over } from './a-run-under-way.ts';
import { builds } from './plays.ts';

/** A stop is over within ten seconds; a busy machine takes a few more. */
const STOP_MS = 15_000;

test('I6 a stop does not wait for the tracker of another run that says nothing', async () => {
  await using host = await aHost();
  const [first, second] = [
    await aRunOfItems(host, { play: builds(), items: [{ key: 'A-1' }] }),
    await aRunOfItems(host, { play: builds(), items: [{ key: 'B-1' }] }),
  ];
  const asked = Promise.withResolvers<void>();
  const hurried = Promise.withResolvers<void>();
  const silent = (tracker: WorkTracker): WorkTracker => ({
    ...tracker,
    hurry: () => hurried.resolve(),
    async create() {
      asked.resolve();
      await hurried.promise;
      throw new HarnessError('TRACKER_UNREACHABLE', 'It says nothing; it is asked again');
    },
  });
  const worker = await startEngine({
    ...host.engineDeps,
    async trackerOf(run) {
      const tracker = await host.engineDeps.trackerOf(run);
      return run.projectId === first.projectId ? silent(tracker) : tracker;
    },
  });
  try {
    await asked.promise;
    const began = performance.now();
    await requestControl(host, second, 'stop');
    expect(await over(host, second)).toMatchObject({ status: 'stopped' });
    expect(performance.now() - began).toBeLessThan(STOP_MS);
    expect((await host.store.runs.get(first.id))?.control).toBeNull();
  } finally {
    await worker.stop();
  }
}, 60_000);
