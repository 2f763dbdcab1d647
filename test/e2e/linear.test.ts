import { expect, test } from 'vitest';
import { z } from 'zod';
import { aBench, proveExit } from '../support/harness-cli.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { fieldOf, isEntity } from '../support/linear/fields.ts';
import { FAKE_KEY, startFakeLinear } from '../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../support/linear/start-fake-linear.ts';
import type { Entity, Store } from '../support/linear/store.ts';

const yaml = 'backend: { type: linear }\n';

test('without a key a run in Linear ends with status 4 and says where to make one', async () => {
  await using bench = await aBench({ yaml });
  const ended = await bench.run(['run', '--rehearse', '--no-interactive']);
  proveExit(ended, 4);
  expect(ended.stderr).toContain('LINEAR_API_KEY');
  expect(ended.stderr).toContain('https://linear.app/YOUR-TEAM/settings/api');
});

test('the doctor says what the key sees, and never the key', async () => {
  await using fake = await startFakeLinear({ issueQuota: 250 });
  const env = { LINEAR_API_KEY: FAKE_KEY, LINEAR_API_URL: fake.apiUrl };
  await using bench = await aBench({ yaml, env });
  const well = await bench.run(['doctor']);
  expect(well.stdout).toMatch(/ok +linear +team Engineering answers at .*room for 250 more issues/);
  const ill = await bench.run(['doctor'], { env: { LINEAR_API_KEY: 'lin_api_hunter2' } });
  expect(ill.stdout).toMatch(/NO +linear +Linear refused the key/);
  expect(`${well.stdout}${ill.stdout}${ill.stderr}`).not.toMatch(/lin_api_/);
});

const eventLine = z.looseObject({ type: z.string() });

/** A person who gives the last issue that waits another title once the first is claimed. */
function retitles({ store }: FakeLinear, title: string): void {
  const isWaiting = (issue: Entity): boolean => typeOf(store, issue) === 'unstarted';
  let done = false;
  store.onChange(({ entity }) => {
    if (done || !String(entity['body']).startsWith('Claimed by')) return;
    const waiting = store.all('Issue').findLast(isWaiting);
    done = waiting !== undefined;
    if (waiting !== undefined) store.update(waiting, { title });
  });
}

function typeOf(store: Store, issue: Entity): unknown {
  const state = fieldOf(store, issue, 'state');
  return isEntity(state) ? state['type'] : null;
}

// Four minutes on two busy cores.
test.skipIf(quickOnly)(
  'a rehearsal leaves its items in Linear, told while it runs, each once, and hears what people change there',
  { timeout: 600_000 },
  async () => {
    await using fake = await startFakeLinear({ issueQuota: 250 });
    const env = { LINEAR_API_KEY: FAKE_KEY, LINEAR_API_URL: fake.apiUrl };
    await using bench = await aBench({ yaml, env });
    retitles(fake, 'A title of theirs');
    const ended = await bench.run(['run', '--rehearse', '--no-interactive', '--json']);
    proveExit(ended, 0);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(FAKE_KEY);

    const { store } = fake;
    const issues = store.all('Issue');
    const events = ended.stdout.split('\n').flatMap((line) => {
      return line.includes('"item.') ? [eventLine.parse(JSON.parse(line))] : [];
    });
    const items = events.filter(({ type }) => type === 'item.added');
    expect(issues).toHaveLength(items.length);
    expect(store.all('Project')).toHaveLength(1);
    expect(new Set(issues.map((issue) => typeOf(store, issue)))).toEqual(new Set(['completed']));
    expect(issues.filter(({ title }) => title === 'A title of theirs')).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'item.edited', by: 'person', change: 'title' }),
    );
    const bodies = store.all('Comment').map(({ body }) => String(body));
    const claims = bodies.filter((body) => body.startsWith('Claimed by'));
    const ends = bodies.filter((body) => /^(?:Done|Given back|Blocked) \(claim/.test(body));
    expect(claims.length).toBeGreaterThanOrEqual(items.length);
    expect(ends).toHaveLength(claims.length);
    expect(bodies.filter((body) => body.startsWith('Done (claim'))).toHaveLength(items.length);
    // Told as it happens: the first item was done in Linear before the last was claimed.
    const doneAt = bodies.findIndex((body) => body.startsWith('Done (claim'));
    expect(bodies.findLastIndex((body) => body.startsWith('Claimed by'))).toBeGreaterThan(doneAt);
    expect(fake.log.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  },
);
