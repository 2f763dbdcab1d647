import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/safety/policy/verdict.ts';
import { aPlace, judged } from '../safety/policy/a-policy.ts';
import { CORPORA, corpusRows } from '../support/corpora.ts';
import { generate, mutated } from './oracle/generate.ts';
import { createRandom } from './oracle/random.ts';
import { missingProgram, openRealBash, PROJECT, type RealBash } from './oracle/real-bash.ts';

/** Lines to generate: thousands in full, a part of them by default. */
const COUNT = Number(process.env['POLICY_COUNT'] ?? 1000);
const SEED = Number(process.env['POLICY_SEED'] ?? 20_261_122);
const BATCH = 250;

const missing = await missingProgram();
const place = aPlace({ workspace: PROJECT });

interface Violation {
  readonly line: string;
  readonly saw: readonly string[];
  readonly executed: readonly string[];
}

interface Tally {
  readonly violations: readonly Violation[];
  /** Rules that lines were denied by. */
  readonly denied: Readonly<Record<string, number>>;
  readonly allowed: number;
  /** Allowed lines of which bash executed something. */
  readonly live: number;
}

let bash: RealBash;
beforeAll(async () => {
  if (missing === undefined) bash = await openRealBash();
});
afterAll(async () => bash?.[Symbol.asyncDispose]());

type Judge = (line: string) => Verdict;

/**
 * What bash executes is what it looks up and starts as a program, and what tools that it starts
 * start in turn. Of each line that the policy allows, it must have
 * seen every such name; what it denies isn't run at all.
 */
async function compare(lines: readonly string[], judge: Judge): Promise<Tally> {
  const denied: Record<string, number> = {};
  const allowed: { readonly line: string; readonly commands: readonly string[] }[] = [];
  for (const line of lines) {
    const verdict = judge(line);
    if (verdict.decision === 'allow') allowed.push({ line, commands: verdict.commands });
    else denied[verdict.rule] = (denied[verdict.rule] ?? 0) + 1;
  }
  const violations: Violation[] = [];
  let live = 0;
  for (let from = 0; from < allowed.length; from += BATCH) {
    const batch = allowed.slice(from, from + BATCH);
    const executed = await bash.executed(batch.map(({ line }) => line));
    for (const [at, { line, commands }] of batch.entries()) {
      const names = [...(executed[at] ?? [])];
      if (names.length > 0) live += 1;
      const unseen = names.filter((name) => !commands.includes(name));
      if (unseen.length > 0) violations.push({ line, saw: commands, executed: unseen });
    }
  }
  return { violations, denied, allowed: allowed.length, live };
}

const inProject: Judge = (line) => judged(line, place);

function generated(count: number, seed: number): readonly string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => generate(random));
}

const withoutNul = (line: string): boolean => !line.includes('\0');

function corpora(): readonly string[] {
  const files = ['benign', 'family-hook-cases', 'gtfobins', 'dangerous'] as const;
  return files.flatMap((file) => corpusRows(file).map(({ command }) => command)).filter(withoutNul);
}

/** What a word list on first words would do. */
const naive: Judge = (line) => ({
  decision: 'allow',
  commands: line.split(/[|&;\n]+/u).map((part) => part.trim().split(/\s/u, 1)[0] ?? ''),
});

describe.skipIf(missing !== undefined)(`the oracle (skipped without ${missing ?? ''})`, () => {
  test(`${COUNT} generated lines: bash executes nothing that the policy did not see`, async () => {
    const tally = await compare(generated(COUNT, SEED), inProject);
    expect(tally.violations).toEqual([]);
    // A generator of nonsense, or of nothing but attacks, would prove nothing.
    expect(tally.allowed).toBeGreaterThan(COUNT / 10);
    expect(tally.live).toBeGreaterThan(tally.allowed * 0.8);
    expect(Object.keys(tally.denied).length).toBeGreaterThan(4);
  }, 1_200_000);

  test('a policy that only looks at first words is caught', async () => {
    const { violations } = await compare(generated(60, SEED + 1), naive);
    expect(violations.length).toBeGreaterThan(5);
  });

  describe.skipIf(CORPORA === undefined)('corpora (skipped without HARNESS_CORPORA)', () => {
    test('bash executes nothing of them that the policy did not see', async () => {
      expect((await compare(corpora(), inProject)).violations).toEqual([]);
    }, 600_000);

    test('nor of them with something changed', async () => {
      const random = createRandom(SEED + 2);
      const lines = corpora().map((line) => mutated(random, line));
      const some = lines.filter((_, at) => COUNT >= 5000 || at % 5 === 0);
      expect((await compare(some, inProject)).violations).toEqual([]);
    }, 600_000);
  });
});
