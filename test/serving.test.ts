import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHostIdentity } from '../src/engine/host-identity.ts';
import { newId } from '../src/new-id.ts';
import { whyRun } from '../src/domain/why.ts';
import { servingOf } from '../src/serving.ts';
import { runWith, SETTINGS } from './support/a-run.ts';
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

// About 5 s: a process starts, and its lease runs out.
test('I9 a process that was stopped is named, with what lets it go on, until it is heard of again', async () => {
  const { store, url } = tested;
  const script = path.join(import.meta.dirname, 'support/lease-holder.ts');
  const holder = spawn(process.execPath, [script, url, 'stopped', '1000']);
  holder.stderr.pipe(process.stderr);
  try {
    await once(holder.stdout, 'data');
    const run = runWith({ settings: { ...SETTINGS, label: 'stopped' } });
    expect(await servingOf(store, run)).toEqual({ hosted: true, labels: [] });

    holder.kill('SIGSTOP');
    const silent = { pid: holder.pid, host: hostname() };
    const serving = () => servingOf(store, run);
    await expect.poll(serving, { timeout: 20_000 }).toMatchObject({ hosted: true, silent });
    const rest = {
      approvals: [],
      items: [],
      sessions: 0,
      checked: 0,
      phase: 'implement',
      unlanded: null,
    };
    const why = whyRun({ run, ...rest, ...(await serving()), now: new Date().toISOString() });
    expect(why.cause).toContain(`(${holder.pid} on ${hostname()}) gives no sign of life`);
    expect(why.action).toContain(`kill -CONT ${holder.pid}`);

    holder.kill('SIGCONT');
    await expect.poll(serving, { timeout: 20_000 }).toEqual({ hosted: true, labels: [] });
  } finally {
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
  }
});
