import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../src/domain/errors.ts';
import { OPEN } from './open.ts';
import { proofsOf, type Proof, type Row } from './row.ts';
import { testsIn, type WrittenTest } from './tests-in.ts';

const ROOT = join(import.meta.dirname, '../..');

/** When a proof may be left out: conditions of tests as written, and what they mean. */
const MAY_BE_LEFT_OUT: Readonly<Record<string, string>> = {
  quickOnly: 'in the quick form of the long suite',
  unsealable: 'where bubblewrap cannot work',
  'unsealable !== undefined': 'where bubblewrap cannot work',
  'obstacle !== undefined': 'where bubblewrap or the other user is missing',
  'possible.length === 0': 'where bubblewrap cannot work',
  'missing !== undefined': 'where bubblewrap or bash is missing',
  'reason !== undefined': 'where there is no browser or no bubblewrap',
  'missing !== null': 'where no image was made to be tried: npm run test:image',
  'skipped !== null': 'where there is no Docker daemon',
  'CORPORA === undefined': 'without the lists of commands that HARNESS_CORPORA names',
};

/** A row with what its proofs are, and what is wrong with them. */
export interface Judged {
  readonly row: Row;
  readonly state: 'proved' | 'open' | 'broken';
  readonly proofs: readonly Proof[];
  /** When its proofs may be left out, in words. */
  readonly leftOut: readonly string[];
  /** Why it is broken or open. */
  readonly faults: readonly string[];
}

/** Looks at every proof where it stands; runs none. */
export function judge(rows: readonly Row[]): readonly Judged[] {
  const read = new Map<string, readonly WrittenTest[] | undefined>();
  return rows.map((row) => {
    const proofs = proofsOf(row);
    const looks = proofs.map((proof) => lookAt(proof, read));
    const faults = looks.flatMap(({ fault }) => fault ?? []);
    const open = OPEN[row.id];
    const leftOut = [...new Set(looks.flatMap(({ when }) => when))];
    const base = { row, proofs, leftOut };
    if (proofs.length > 0 && open !== undefined)
      return { ...base, state: 'broken', faults: ['it has a proof, and is said to be open'] };
    if (proofs.length === 0 && open !== undefined)
      return { ...base, state: 'open', faults: [open] };
    if (proofs.length === 0) return { ...base, state: 'broken', faults: ['nothing proves it'] };
    return { ...base, state: faults.length > 0 ? 'broken' : 'proved', faults };
  });
}

interface Look {
  readonly fault?: string;
  readonly when: readonly string[];
}

function lookAt(
  { file, title }: Proof,
  read: Map<string, readonly WrittenTest[] | undefined>,
): Look {
  if (!read.has(file)) read.set(file, testsOf(file));
  const tests = read.get(file);
  if (tests === undefined) return { fault: `there is no ${file}`, when: [] };
  const [found, ...more] = tests.filter((one) => one.title === title);
  const where = `${file}: "${title}"`;
  if (found === undefined) return { fault: `no such test: ${where}`, when: [] };
  if (more.length > 0) return { fault: `more than one test of that name: ${where}`, when: [] };
  if (found.off) return { fault: `it is switched off: ${where}`, when: [] };
  const unknown = found.unless.find((condition) => MAY_BE_LEFT_OUT[condition] === undefined);
  if (unknown !== undefined)
    return { fault: `it is left out when ${unknown}, which nobody explained: ${where}`, when: [] };
  return { when: found.unless.map((condition) => MAY_BE_LEFT_OUT[condition] ?? condition) };
}

function testsOf(file: string): readonly WrittenTest[] | undefined {
  try {
    return testsIn(readFileSync(join(ROOT, file), 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
