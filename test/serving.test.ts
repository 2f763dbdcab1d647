import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHostIdentity } from '../src/engine/host-identity.ts';
import { newId } from '../src/new-id.ts';
import { servingOf } from '../src/serving.ts';
import { SETTINGS } from './support/a-run.ts';
import { aStore, SERVER_START_MS, type TestStore } from './adapters/store/a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

test('I9 a run is carried out by a living worker of its own label, and one with labels takes only items', async () => {
  const { store } = tested;
  const here = await readHostIdentity(newId);
  const run = { settings: { ...SETTINGS, label: 'mine' } };
  const join = (executorId: string, label: string, labels: readonly string[]): Promise<void> =>
    store.workers.join({ ...here.newIdentity(label), executorId, labels }, 60_000);
  const nobody = { hosted: false, labels: [] };
  await join('of another', 'theirs', []);
  const died = { ...here.newIdentity('mine'), executorId: 'died', labels: [] };
  await store.workers.join({ ...died, pidStarted: '1' }, 60_000);
  expect(await servingOf(store, run)).toEqual(nobody);

  await join('special', 'mine', ['gpu', 'mac']);
  await join('its like', 'mine', ['gpu']);
  expect(await servingOf(store, run)).toEqual({ hosted: false, labels: ['gpu', 'mac'] });
  await join('general', 'mine', []);
  expect(await servingOf(store, run)).toEqual({ hosted: true, labels: ['gpu', 'mac'] });
});
