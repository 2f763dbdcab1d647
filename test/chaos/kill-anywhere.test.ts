import { beforeAll, describe, expect, test } from 'vitest';
import { processEnvironment } from '../../src/config/variables.ts';
import { anArena } from './arena.ts';
import { drive, type Killing } from './drive.ts';
import { examine, type Remains } from './examine.ts';
import { expectSame, expectSound, inFlight, sessionsOf } from './expectations.ts';
import { instants } from './instants.ts';

/** The same seed plays the same instants; more of them than a continuous build has time for. */
const { CHAOS_SEED: seed = '1', CHAOS_COUNT: count = '6' } = processEnvironment();

const plans = instants({ seed: Number(seed), count: Number(count), each: 4 });

const nameOf = (plan: readonly Killing[]): string =>
  plan.map(({ name, delayMs }) => `${name} + ${String(delayMs)} ms`).join(', ');

/** Gives back the instants that did not come. */
async function disturbed(plan: readonly Killing[], calm: Remains): Promise<readonly string[]> {
  await using arena = await anArena('shared');
  const { kills, missed } = await drive(arena, plan);
  const remains = await examine(arena);
  expectSound(remains);
  expectSame(remains, calm);
  const flying = kills.reduce((sum, { after }) => sum + inFlight(remains, after), 0);
  expect(sessionsOf(remains)).toBeLessThanOrEqual(sessionsOf(calm) + flying);
  return missed;
}

describe(`seed ${seed}`, () => {
  let calm: Remains;

  beforeAll(async () => {
    await using arena = await anArena('shared');
    await drive(arena);
    calm = await examine(arena);
  }, 600_000);

  test('I2 I10 I11 what is proved of a killed run holds of a calm one', () => {
    expect(calm.run.status).toBe('completed');
    expectSound(calm);
  });

  for (const plan of plans)
    test(`I1 I2 I6 I10 I11 killed when ${nameOf(plan)}, a run ends as if undisturbed`, async () => {
      expect(await disturbed(plan, calm)).toEqual([]);
    });
});
