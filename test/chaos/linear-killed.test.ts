import { expect, test } from 'vitest';
import { processEnvironment } from '../../src/config/variables.ts';
import { FAKE_KEY, NO_LIMITS, startFakeLinear } from '../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../support/linear/start-fake-linear.ts';
import { anArena } from './arena.ts';
import { drive, type Killing } from './drive.ts';
import { examine } from './examine.ts';
import { expectSound } from './expectations.ts';
import { numbersOf } from './instants.ts';
import { toldOf } from './told.ts';

/** The same seed strikes at the same writes; 10 of them are the whole proof, a continuous build has 2. */
const { CHAOS_SEED: seed = '1', CHAOS_LINEAR: count = '2' } = processEnvironment();

/** Blows in one run. */
const EACH = 5;

/** Requests that write, in a run that nothing disturbs; all of them before it tests and deploys. */
const WRITES = 20;

const isWrite = (fields: readonly string[]): boolean =>
  fields.some((field) => /(?:Create|Update)$/.test(field));

const writesIn = ({ log }: FakeLinear): number =>
  log.filter(({ fields }) => isWrite(fields)).length;

/** After this write has been made, and before or after its maker has heard of it. */
function afterWrite(fake: FakeLinear, write: number, delayMs: number): Killing {
  const name = `write ${String(write)} + ${String(delayMs)} ms`;
  const when = (): boolean => writesIn(fake) >= write;
  return { name, when, delayMs, untold: false, where: () => true };
}

const next = numbersOf(Number(seed));
const rolls = Array.from({ length: Number(count) }, (_none, index) => ({
  write: 1 + Math.floor(((index + next()) * WRITES) / Number(count)),
  delayMs: Math.floor(next() * 30),
}));
const plans = Array.from({ length: Math.ceil(rolls.length / EACH) }, (_none, run) =>
  rolls.filter((_roll, index) => index % Math.ceil(rolls.length / EACH) === run),
);

for (const plan of plans)
  test(`I6 killed at writes ${plan.map(({ write }) => write).join(', ')} to Linear, nothing is doubled or lost there`, async ({
    annotate,
  }) => {
    await using fake = await startFakeLinear({ limits: NO_LIMITS });
    await using arena = await anArena('shared', {
      linear: { apiUrl: fake.apiUrl, apiKey: FAKE_KEY, mcpUrl: fake.mcpUrl },
    });
    const killings = plan.map(({ write, delayMs }) => afterWrite(fake, write, delayMs));
    const { kills, missed } = await drive(arena, killings);
    await annotate(`${kills.length} kills, ${writesIn(fake)} writes`);
    expect(missed).toEqual([]);
    const remains = await examine(arena);
    expectSound(remains);

    expect(fake.store.all('Project')).toHaveLength(1);
    const told = await toldOf(arena, fake);
    expect(told.keys).toEqual(remains.items.map(({ key }) => key).toSorted());
    expect(new Set(told.states)).toEqual(new Set(['completed']));
    expect(told.unsent).toBe(0);
    expect(told.comments).toEqual(told.wanted);
    expect(told.openClaims).toEqual([]);
  });
