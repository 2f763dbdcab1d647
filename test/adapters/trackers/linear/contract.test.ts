import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { WorkTracker } from '../../../../src/work/tracker.ts';
import { trackerContract } from '../../../contracts/tracker.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { raceOf } from '../race.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

let fake: FakeLinear;

beforeAll(async () => {
  fake = await startFakeLinear({ limits: NO_LIMITS });
});
afterAll(() => fake.close());

/** A project of its own is a store of its own. */
trackerContract('the Linear tracker', async () => {
  const projectId = randomUUID();
  const open = (): WorkTracker => aLinearTracker(fake, { project: projectId });
  return {
    tracker: open(),
    again: async () => open(),
    race: (key, processes) =>
      raceOf({ store: 'linear', place: fake.apiUrl, projectId, key, processes }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
});
