import { beforeAll, describe, expect, test } from 'vitest';
import { processEnvironment } from '../../src/config/variables.ts';
import { anArena } from './arena.ts';
import { drive, type Kill, type Killing } from './drive.ts';
import { examine, type Remains } from './examine.ts';
import { expectSame, expectSound, sessionsOf } from './expectations.ts';
import { instants, PLACES } from './instants.ts';

/** The same seed plays the same instants; more of them than a continuous build has time for. */
const { CHAOS_SEED: seed = '1', CHAOS_COUNT: count = '6' } = processEnvironment();

const plans = instants({ seed: Number(seed), count: Number(count), each: 4 });

const nameOf = (plan: readonly Killing[]): string =>
  plan.map(({ name, delayMs }) => `${name} + ${String(delayMs)} ms`).join(', ');

/** What was struck so far, over all plans. */
const struck: Kill[] = [];

interface Toll {
  readonly missed: readonly string[];
  /** Sessions that an undisturbed run had not. */
  readonly extra: number;
  /** Attempts in flight at the kills. */
  readonly flying: number;
}

async function disturbed(plan: readonly Killing[], calm: Remains): Promise<Toll> {
  await using arena = await anArena('shared');
  const { kills, missed } = await drive(arena, plan);
  struck.push(...kills);
  const remains = await examine(arena);
  expectSound(remains);
  expectSame(remains, calm);
  const flying = kills.reduce((sum, { death }) => sum + death.inFlight, 0);
  return { missed, extra: sessionsOf(remains) - sessionsOf(calm), flying };
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
    test(`I1 I2 I6 I10 I11 killed when ${nameOf(plan)}, a run ends as if undisturbed`, async ({
      annotate,
    }) => {
      const { missed, extra, flying } = await disturbed(plan, calm);
      await annotate(`${extra} sessions more, ${flying} attempts in flight at the kills`);
      expect(missed).toEqual([]);
      expect(extra).toBeLessThanOrEqual(flying);
    });

  test('I6 every instant was struck, where its name says', async ({ annotate }) => {
    for (const { name, death } of struck) await annotate(`${name}: ${JSON.stringify(death)}`);
    expect(namesOf(struck)).toEqual(namesOf(plans.flat()));
    expect(struck.filter(({ met }) => !met)).toEqual([]);
  });

  test.runIf(Number(count) >= PLACES.length)(
    'I6 all places together leave out no phase, no session and no gate',
    () => {
      expect(namesOf(struck)).toEqual(namesOf(PLACES));
      const deaths = struck.map(({ death }) => death);
      const begun = calm.events.flatMap(({ event }) =>
        event.type === 'phase.started' ? [event.phase] : [],
      );
      expect(deaths.map(({ phase }) => phase)).toEqual(expect.arrayContaining(begun));
      expect(deaths.some(({ talking }) => talking > 0)).toBe(true);
      expect(deaths.some(({ judging, phase }) => judging && phase === 'implement')).toBe(true);
    },
  );
});

function namesOf(places: readonly { readonly name: string }[]): readonly string[] {
  return places.map(({ name }) => name).toSorted();
}
