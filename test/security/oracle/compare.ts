import type { Verdict } from '../../../src/safety/policy/verdict.ts';
import { corpusRows } from '../../support/corpora.ts';
import { generate } from './generate.ts';
import { createRandom } from './random.ts';
import type { RealBash } from './real-bash.ts';

const BATCH = 250;

interface Violation {
  readonly line: string;
  readonly saw: readonly string[];
  readonly executed: readonly string[];
}

export interface Tally {
  readonly violations: readonly Violation[];
  /** Rules that lines were denied by. */
  readonly denied: Readonly<Record<string, number>>;
  readonly allowed: number;
  /** Allowed lines of which bash executed something. */
  readonly live: number;
}

export type Judge = (line: string) => Verdict;

/**
 * What bash executes is what it looks up and starts as a program, and what tools that it starts
 * start in turn. Of each line that the policy allows, it must have
 * seen every such name; what it denies isn't run at all.
 */
export async function compare(
  bash: RealBash,
  lines: readonly string[],
  judge: Judge,
): Promise<Tally> {
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

/** Lines of a seed. */
export function generated(count: number, seed: number): readonly string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => generate(random));
}

const withoutNul = (line: string): boolean => !line.includes('\0');

/** All rows that bash can be given. */
export function corpora(): readonly string[] {
  const files = ['benign', 'family-hook-cases', 'gtfobins', 'dangerous'] as const;
  return files.flatMap((file) => corpusRows(file).map(({ command }) => command)).filter(withoutNul);
}
