import { expect, test, vi } from 'vitest';
import { newItem } from '../../../contracts/tracker-given.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

const PATIENCE = { timeout: 10_000 };

async function endOf(work: Promise<unknown>): Promise<{ readonly end: unknown; ms: number }> {
  const began = performance.now();
  const end: unknown = await work.then(
    () => 'it went well',
    (error: unknown) => error,
  );
  return { end, ms: performance.now() - began };
}

const closed = { code: 'TRACKER_UNREACHABLE', message: expect.stringContaining('is closed') };

test.concurrent('a tracker that is closed waits for no answer, and asks nothing any more', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  fake.faults.order({ kind: 'silence', times: 20 });
  const asked = endOf(tracker.list());
  await vi.waitFor(() => expect(fake.log.at(-1)?.outcome).toBe('silence'), PATIENCE);
  await tracker.close();
  const { end, ms } = await asked;
  expect(end).toMatchObject(closed);
  expect(ms).toBeLessThan(3000);
  const before = fake.log.length;
  expect((await endOf(tracker.list())).end).toMatchObject(closed);
  expect(fake.log).toHaveLength(before);
});

test.concurrent('nor for a limit', async () => {
  await using fake = await startFakeLinear({
    limits: { requests: 20, points: 100_000, windowMs: 2900 },
  });
  const waits: number[] = [];
  const tracker = aLinearTracker(fake, {
    pause: (ms, signal) =>
      new Promise((_, reject) => {
        waits.push(ms);
        signal.addEventListener('abort', () => reject(new Error('broken off')));
      }),
  });
  await tracker.create([newItem({ key: 'A' })]);
  fake.drainLimits();
  const asked = endOf(tracker.list());
  await vi.waitFor(() => expect(waits).toHaveLength(1), PATIENCE);
  await tracker.close();
  expect((await asked).end).toMatchObject(closed);
});

test.concurrent('who is in a hurry waits three seconds for an answer, also one that was asked for before', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  fake.faults.order({ kind: 'silence', times: 20 });
  const asked = endOf(tracker.list());
  await vi.waitFor(() => expect(fake.log.at(-1)?.outcome).toBe('silence'), PATIENCE);
  tracker.hurry?.();
  const { end, ms } = await asked;
  expect(end).toMatchObject({
    code: 'TRACKER_UNREACHABLE',
    message: expect.stringContaining('no whole answer within 3 s'),
  });
  expect(ms).toBeLessThan(6000);
  // Nobody is asked in the seconds after that either.
  expect((await endOf(tracker.list())).ms).toBeLessThan(500);
});

// About 9 s: three of haste and five of rest.
test.concurrent('a clock that is set back by an hour lengthens neither haste nor rest', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  let back = 0;
  const tracker = aLinearTracker(fake, { now: () => Date.now() - back });
  await tracker.create([newItem({ key: 'A' })]);
  fake.faults.order({ kind: 'silence', times: 20 });
  const asked = endOf(tracker.list());
  await vi.waitFor(() => expect(fake.log.at(-1)?.outcome).toBe('silence'), PATIENCE);
  back = 3_600_000;
  tracker.hurry?.();
  expect((await asked).ms).toBeLessThan(6000);
  back *= 2;
  fake.faults.clear();
  await vi.waitFor(
    async () => expect(await tracker.get('A')).toMatchObject({ key: 'A' }),
    PATIENCE,
  );
});
