import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE_MS } from '../../../../src/adapters/trackers/linear/client.ts';
import { openLinearTracker } from '../../../../src/adapters/trackers/linear/open.ts';
import type { LinearTrackerOrder } from '../../../../src/adapters/trackers/linear/open.ts';
import type { WorkTracker } from '../../../../src/work/tracker.ts';
import { FAKE_KEY } from '../../../support/linear/start-fake-linear.ts';

/** A tracker on a fake Linear, in a project that is called after ours. */
export function aLinearTracker(
  { apiUrl }: { readonly apiUrl: string },
  order: Partial<LinearTrackerOrder> = {},
): WorkTracker {
  const project = order.project ?? randomUUID();
  return openLinearTracker({
    url: apiUrl,
    apiKey: FAKE_KEY,
    project,
    team: null,
    linearProject: project.slice(0, 20),
    now: () => Date.now(),
    newId: randomUUID,
    pause: (ms, signal) => sleep(ms, undefined, { signal }),
    patience: PATIENCE_MS,
    ...order,
  });
}
