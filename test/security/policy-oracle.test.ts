import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPlace, judged } from '../safety/policy/a-policy.ts';
import { CORPORA } from '../support/corpora.ts';
import { compare, corpora, generated, type Judge } from './oracle/compare.ts';
import { mutated } from './oracle/generate.ts';
import { createRandom } from './oracle/random.ts';
import { missingProgram, openRealBash, PROJECT, type RealBash } from './oracle/real-bash.ts';

/** Lines to generate: thousands in full, a part of them by default. */
const COUNT = Number(process.env['POLICY_COUNT'] ?? 1000);
const SEED = Number(process.env['POLICY_SEED'] ?? 20_261_122);

const missing = await missingProgram();
const place = aPlace({ workspace: PROJECT });

let bash: RealBash;
beforeAll(async () => {
  if (missing === undefined) bash = await openRealBash();
});
afterAll(async () => bash?.[Symbol.asyncDispose]());

const inProject: Judge = (line) => judged(line, place);

/** What a word list on first words would do. */
const naive: Judge = (line) => ({
  decision: 'allow',
  commands: line.split(/[|&;\n]+/u).map((part) => part.trim().split(/\s/u, 1)[0] ?? ''),
});

describe.skipIf(missing !== undefined)(`the oracle (skipped without ${missing ?? ''})`, () => {
  test(`${COUNT} generated lines: bash executes nothing that the policy did not see`, async () => {
    const tally = await compare(bash, generated(COUNT, SEED), inProject);
    expect(tally.violations).toEqual([]);
    // A generator of nonsense, or of nothing but attacks, would prove nothing.
    expect(tally.allowed).toBeGreaterThan(COUNT / 10);
    expect(tally.live).toBeGreaterThan(tally.allowed * 0.8);
    expect(Object.keys(tally.denied).length).toBeGreaterThan(4);
  }, 1_200_000);

  test('a policy that only looks at first words is caught', async () => {
    const { violations } = await compare(bash, generated(60, SEED + 1), naive);
    expect(violations.length).toBeGreaterThan(5);
  });

  describe.skipIf(CORPORA === undefined)('corpora (skipped without HARNESS_CORPORA)', () => {
    test('bash executes nothing of them that the policy did not see', async () => {
      expect((await compare(bash, corpora(), inProject)).violations).toEqual([]);
    }, 600_000);

    test('nor of them with something changed', async () => {
      const random = createRandom(SEED + 2);
      const lines = corpora().map((line) => mutated(random, line));
      const some = lines.filter((_, at) => COUNT >= 5000 || at % 5 === 0);
      expect((await compare(bash, some, inProject)).violations).toEqual([]);
    }, 600_000);
  });
});
