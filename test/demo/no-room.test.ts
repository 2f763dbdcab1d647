import { expect, test } from 'vitest';
import { refuseDamagedTracker, type App } from '../../src/app.ts';
import { load } from '../config/load.ts';
import { SETTINGS } from '../support/a-run.ts';
import { FAKE_KEY, startFakeLinear } from '../support/linear/start-fake-linear.ts';
import type { FakeLinear, FakeLinearOrder } from '../support/linear/start-fake-linear.ts';

const demo = { tracker: 'linear', issues: 8, project: null } as const;
const settings = { ...SETTINGS, backend: { ...SETTINGS.backend, type: 'linear' as const }, demo };

function refusalOf({ apiUrl }: FakeLinear, key = FAKE_KEY): Promise<unknown> {
  const config = load({ env: { LINEAR_API_KEY: key, LINEAR_API_URL: apiUrl } });
  const app: App = Object.assign(Object.create(null), { config });
  return refuseDamagedTracker(app, { projectId: 'p', settings }).then(
    () => 'fine',
    (error: unknown) => error,
  );
}

test.each<[string, FakeLinearOrder, string, object]>([
  [
    'a wrong key',
    {},
    'lin_api_wrong',
    { code: 'TRACKER_DENIED', exit: 4, message: expect.stringMatching(/key in LINEAR_API_KEY/u) },
  ],
  [
    'no team',
    { teams: [] },
    FAKE_KEY,
    { code: 'TRACKER_MISPLACED', exit: 2, message: expect.stringMatching(/sees no team/u) },
  ],
  [
    'two teams and none named',
    {
      teams: [
        { key: 'ENG', name: 'E' },
        { key: 'OPS', name: 'O' },
      ],
    },
    FAKE_KEY,
    {
      code: 'TRACKER_MISPLACED',
      message: expect.stringMatching(/backend\.linear_team to one of/u),
    },
  ],
])('%s ends demo mode before anything is paid for', async (...[, order, key, refused]) => {
  await using fake = await startFakeLinear(order);
  expect(await refusalOf(fake, key)).toMatchObject(refused);
  expect(fake.store.all('Project')).toEqual([]);
});

test('so does a plan that has no room for its issues and the one about progress', async () => {
  await using fake = await startFakeLinear({ issueQuota: 250 });
  for (let made = 0; made < 241; made += 1) fake.store.insert('Issue', { title: 'Theirs' });
  expect(await refusalOf(fake)).toBe('fine');
  fake.store.insert('Issue', { title: 'Theirs' });
  expect(await refusalOf(fake)).toMatchObject({
    code: 'TRACKER_FULL',
    exit: 2,
    message: expect.stringMatching(
      /room for 8 more issues, and 8 and one about progress.*--issues/u,
    ),
  });
});
