import { readOutcomes, type Outcome } from './outcomes.ts';
import { judge, type Judged } from './proofs.ts';
import type { Proof } from './row.ts';
import { ROWS } from './rows.ts';

/** What the last run of the proofs here said of them. */
function lastRun({ proofs }: Judged, outcomes: Readonly<Record<string, Outcome>>): string {
  const states = proofs.map((proof) => outcomes[keyOf(proof)]?.state ?? 'not run here');
  for (const state of ['failed', 'skipped', 'not run here'] as const)
    if (states.includes(state)) return state;
  return states.length === 0 ? '' : 'passed';
}

const keyOf = ({ file, title }: Proof): string => `${file} > ${title}`;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const MARKS = { proved: 'proved', open: 'OPEN', broken: 'BROKEN' } as const;

/**
 * Prints each promise with its proofs, and what the last run of them here said. Exits 1 when a proof is broken; with `--strict` also
 * when a promise is open, or a proof has failed, was skipped or was not run here.
 */
function main(strict: boolean): void {
  const outcomes = readOutcomes();
  const judged = judge(ROWS);
  for (const one of judged) {
    const { row, state, proofs, leftOut, faults } = one;
    say(
      `${row.id}  ${MARKS[state].padEnd(6)}  ${lastRun(one, outcomes).padEnd(12)}  ${row.promise}`,
    );
    for (const { file, title } of proofs) say(`         ${file}\n           ${title}`);
    if (leftOut.length > 0) say(`         (left out ${leftOut.join('; ')})`);
    for (const fault of faults) say(`         ${state === 'open' ? 'open' : 'broken'}: ${fault}`);
  }
  const count = (state: Judged['state']) => judged.filter((one) => one.state === state).length;
  const passed = judged.filter((one) => lastRun(one, outcomes) === 'passed').length;
  const [proved, open, broken] = [count('proved'), count('open'), count('broken')];
  say(
    `\n${judged.length} promises: ${proved} proved, ${open} open, ${broken} broken; of ${passed} all proofs passed when they ran here last`,
  );
  const short = strict && (open > 0 || passed < judged.length);
  if (broken > 0 || short) process.exitCode = 1;
}

main(process.argv.includes('--strict'));
