import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HarnessError } from '../../src/domain/errors.ts';
import { drainOutbox } from '../../src/engine/tracker-sync.ts';
import type { WorkTracker } from '../../src/work/tracker.ts';
import {
  addItems,
  aRun,
  aStore,
  claim,
  SERVER_START_MS,
  type TestStore,
} from '../adapters/store/a-store.ts';
import { aLinearTracker } from '../adapters/trackers/linear/a-linear-tracker.ts';
import type { Fault } from '../support/linear/faults.ts';
import { FAKE_KEY, startFakeLinear } from '../support/linear/start-fake-linear.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

/** Linear's words for it, as an error of GraphQL. */
function saying(code: string, message: string): Pick<Fault, 'kind' | 'error'> {
  const extensions = { code, userPresentableMessage: message };
  return { kind: 'graphql_error', error: { message, extensions } };
}

const inAnHour = String(Date.now() + 3_000_000);

/** What Linear says, the end of the write, and what a person reads. */
const TROUBLES: readonly (readonly [string, Fault, string, RegExp])[] = [
  [
    'a wrong key',
    { kind: 'unauthorized' },
    'TRACKER_DENIED',
    /LINEAR_API_KEY.*make one with write/u,
  ],
  [
    'a key without the scope to write',
    saying('FORBIDDEN', 'Invalid scope: `write` required'),
    'TRACKER_DENIED',
    /`write` required.*make one with write access/u,
  ],
  [
    'no team',
    {
      kind: 'wrong_shape',
      on: 'teams',
      data: { organization: { subscription: null }, teams: { nodes: [] } },
    },
    'TRACKER_MISPLACED',
    /sees no team: give it access to one/u,
  ],
  [
    'a full plan',
    saying('USAGE_LIMIT_EXCEEDED', 'You have reached the limit of 250 issues.'),
    'TRACKER_FULL',
    /limit of 250 issues: delete or archive issues/u,
  ],
  [
    '429 and Retry-After in seconds',
    { kind: 'too_many_requests', headers: { 'retry-after': '600' } },
    'TRACKER_LIMITED',
    /used up until .*harness resume/u,
  ],
  [
    '429 and Retry-After as a time',
    {
      kind: 'too_many_requests',
      headers: { 'retry-after': new Date(Number(inAnHour)).toUTCString() },
    },
    'TRACKER_LIMITED',
    /used up until /u,
  ],
  [
    '429 and the time of the reset',
    {
      kind: 'too_many_requests',
      headers: {
        'x-ratelimit-requests-remaining': '0',
        'x-ratelimit-requests-reset': inAnHour,
        'x-ratelimit-complexity-reset': '0',
      },
    },
    'TRACKER_LIMITED',
    new RegExp(`until ${new Date(Number(inAnHour)).toISOString()}`, 'u'),
  ],
  ['400 RATELIMITED', { kind: 'ratelimited' }, 'TRACKER_LIMITED', /used up until /u],
  [
    'an error of GraphQL',
    saying('INPUT_ERROR', 'Not today.'),
    'TRACKER_REFUSED',
    /Not today\. Mend that in Linear, then `harness resume`/u,
  ],
  [
    'an error of its own',
    saying('INTERNAL_SERVER_ERROR', 'We are sorry.'),
    'TRACKER_UNREACHABLE',
    /We are sorry.*it is asked again/u,
  ],
  [
    'an answer cut off',
    { kind: 'cut_json' },
    'TRACKER_UNREACHABLE',
    /without JSON.*LINEAR_API_URL/u,
  ],
  ['a web page', { kind: 'web_page' }, 'TRACKER_UNREACHABLE', /without JSON/u],
  ['502', { kind: 'server_error' }, 'TRACKER_UNREACHABLE', /HTTP 502/u],
  ['an answer of another shape', { kind: 'wrong_shape' }, 'TRACKER_UNREACHABLE', /as it should/u],
  ['no answer', { kind: 'hang_up' }, 'TRACKER_UNREACHABLE', /as it should/u],
];

/** Asked for the first time, and in the middle of what is to be told. */
const BEFORE = [0, 9];

describe.each(TROUBLES)('%s', (...[, fault, code, words]) => {
  test.each(BEFORE)(
    'after %i requests: said clearly, and everything is told once it is over',
    async (after) => {
      await using fake = await startFakeLinear();
      const project = randomUUID();
      const run = await aRun(tested.store);
      const { store } = tested;
      await addItems(store, run, 'API-1', 'API-2');
      await claim(store, run);
      await store.items.block(run.projectId, 'API-1', 'Nobody knows how.', 'person');
      const told = (tracker: WorkTracker): Promise<void> =>
        drainOutbox({ store, trackerOf: async () => tracker }, run);
      const pending = () => store.outbox.pending(run.projectId, 100);
      const open = (): WorkTracker =>
        aLinearTracker(fake, { project, pause: () => Promise.resolve() });

      // The one about teams is asked once, at first.
      const skip = fault.on === undefined ? after : 0;
      fake.faults.order({ ...fault, times: 1000, after: skip });
      const end = await told(open()).then(
        () => undefined,
        (error: HarnessError) => error,
      );
      expect(end).toMatchObject({ code, message: expect.stringMatching(words) });
      expect(end?.message).not.toContain(FAKE_KEY);
      expect((await pending()).length).toBeGreaterThan(0);

      fake.faults.clear();
      const tracker = open();
      await told(tracker);
      expect(await pending()).toEqual([]);
      expect(await tracker.list()).toMatchObject([
        { key: 'API-1', status: 'blocked' },
        { key: 'API-2', status: 'todo' },
      ]);
      expect(await tracker.comments('API-1')).toMatchObject([{ text: 'Nobody knows how.' }]);
      expect(fake.store.all('Project')).toHaveLength(1);
      expect(fake.store.all('Issue')).toHaveLength(2);
    },
  );
});
