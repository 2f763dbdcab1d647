import { expect, test } from 'vitest';
import { withoutFaults } from '../../src/rehearsal/faults.ts';
import { readingList } from '../../src/rehearsal/scenarios/reading-list.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { runProject } from '../support/run-project.ts';

/** No session falls silent here, so a slow machine must not be taken for one. */
const PATIENCE_MS = 120_000;

test.skipIf(quickOnly)(
  'without its planted faults the built-in rehearsal has nothing to catch',
  { timeout: 600_000 },
  async () => {
    await using done = await runProject({
      scenario: withoutFaults(readingList()),
      yaml: 'phases: { ideation: { pattern: single }, architecture: { pattern: single } }\n',
      settings: (settings) => ({ ...settings, stallTimeoutMs: PATIENCE_MS }),
    });
    expect([done.run.status, done.run.reason]).toEqual(['completed', null]);
    expect(done.items.every(({ status }) => status === 'done')).toBe(true);
    expect(done.caught).toEqual([]);
  },
);
