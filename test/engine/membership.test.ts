import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EngineDeps } from '../../src/engine/deps.ts';
import { startEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import { aRunOf, only, over } from './a-run-under-way.ts';
import { builds, says, type Playing } from './plays.ts';

/** A beat comes each quarter of it; shorter, and a busy machine loses it by itself. */
const LEASE_MS = 4000;

let host: TestHost;
beforeEach(async () => {
  host = await aHost();
});
afterEach(() => host[Symbol.asyncDispose]());

/** Another worker declares it dead. */
const declareDead = (): Promise<unknown> =>
  host.pool.query(`update harness.worker set state = 'dead' where state = 'live'`);

/** From the second time on this fails. */
function oncePerProcess(): Pick<EngineDeps, 'newIdentity'> {
  const { newIdentity } = host.engineDeps;
  let asked = 0;
  return {
    newIdentity: () => {
      asked += 1;
      if (asked > 1) throw new Error('no name is left');
      return newIdentity();
    },
  };
}

/** The first of this process: a deprecation is told once. */
test('a worker causes no warning, and no transaction of its library idles for long', async () => {
  const warnings: string[] = [];
  const hear = ({ message }: Error): unknown => warnings.push(message);
  process.on('warning', hear);
  const worker = await startEngine(host.engineDeps);
  const run = await aRunOf(host, builds(), only(['ideation']));
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const pool = DBOSExecutor.globalInstance?.systemDatabase.pool;
  const limit = await pool?.query('show idle_in_transaction_session_timeout');
  expect(limit?.rows).toEqual([{ idle_in_transaction_session_timeout: '1min' }]);
  await worker.stop();
  process.off('warning', hear);
  expect(warnings).toEqual([]);
});

test('I6 a start that fails leaves no worker behind, and can be tried again', async () => {
  const broken: EngineDeps = {
    ...host.engineDeps,
    migrationLock: () => Promise.reject(new Error('somebody migrates for ever')),
  };
  await expect(startEngine(broken)).rejects.toThrow('somebody migrates for ever');
  expect(await host.store.workers.live()).toEqual([]);
  const worker = await startEngine(host.engineDeps);
  const run = await aRunOf(host, builds(), only(['ideation']));
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  await worker.stop();
});

test('I6 a worker that lost its lease takes part again under a new name', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const play: Playing = async function* waits() {
    begun.resolve();
    yield { do: 'wait', for: gate.promise };
    yield says('# Requirements');
  };
  const worker = await startEngine({ ...host.engineDeps, leaseMs: LEASE_MS });
  const run = await aRunOf(host, play, only(['ideation']));
  await begun.promise;
  const [former] = await host.store.workers.live();
  await declareDead();
  // Only then: a run that is over by the next beat leaves nothing to take part in.
  const names = async (): Promise<readonly string[]> =>
    (await host.store.workers.live()).map(({ executorId }) => executorId);
  await expect.poll(names, { timeout: 60_000 }).toHaveLength(1);
  gate.resolve();
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const live = await names();
  expect(live).toHaveLength(1);
  expect(live).not.toContain(former?.executorId);
  await worker.stop();
});

test('I9 a worker that can not take part again says so, and ends in order', async () => {
  const worker = await startEngine({
    ...host.engineDeps,
    ...oncePerProcess(),
    leaseMs: LEASE_MS,
  });
  await declareDead();
  await expect(worker.lost).rejects.toMatchObject({
    code: 'HOSTING_LOST',
    exit: 75,
    message: expect.stringContaining('no name is left'),
  });
  expect(host.lines.join('\n')).toContain('could not take part again');
  expect(await host.store.workers.live()).toEqual([]);
  await worker.stop();
});
