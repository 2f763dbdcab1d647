import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Where the runs of tests here leave what they said of the proofs. */
const FILE = join(import.meta.dirname, '../../node_modules/.cache/harness/proofs.json');

const outcome = z.object({
  state: z.enum(['passed', 'failed', 'skipped']),
  /** RFC 3339, UTC. */
  at: z.string(),
});

export type Outcome = z.infer<typeof outcome>;

/** By `file > title`. */
export type Outcomes = Readonly<Record<string, Outcome>>;

/** What the last run of each proof said; nothing where there was none, or where the file is damaged. */
export function readOutcomes(): Outcomes {
  try {
    return z.record(z.string(), outcome).parse(JSON.parse(readFileSync(FILE, 'utf8')));
  } catch {
    return {};
  }
}

/** Replaces what was known of these. */
export function writeOutcomes(changes: Outcomes): void {
  mkdirSync(dirname(FILE), { recursive: true });
  const temporary = `${FILE}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ ...readOutcomes(), ...changes }, null, 2)}\n`);
  renameSync(temporary, FILE);
}
