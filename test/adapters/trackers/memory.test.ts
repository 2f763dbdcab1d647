import { openMemoryTracker } from '../../../src/adapters/trackers/memory.ts';
import { trackerContract } from '../../contracts/tracker.ts';

trackerContract('the memory tracker', async () => {
  const tracker = openMemoryTracker();
  return { tracker, [Symbol.asyncDispose]: () => tracker.close() };
});
