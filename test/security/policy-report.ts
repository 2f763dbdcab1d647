import { aPlace, judged } from '../safety/policy/a-policy.ts';
import { CORPORA } from '../support/corpora.ts';
import { coreRows, deviatingRows, DEVIATIONS, REFUSED_BENIGN } from '../support/policy-reasons.ts';
import { hostile, least, ORDINARY, PIECES } from '../support/policy-speed.ts';
import { tableOf } from '../support/table-of.ts';
import { compare, corpora, generated, type Tally } from './oracle/compare.ts';
import { mutated } from './oracle/generate.ts';
import { createRandom } from './oracle/random.ts';
import { missingProgram, openRealBash, PROJECT } from './oracle/real-bash.ts';

/*
 * Prints what is known of the bash policy: its comparison with real bash, its speed, the ordinary
 * commands that it refuses, and where it decides otherwise than its relatives. Run it with
 * `npm run policy:report`; POLICY_COUNT and POLICY_SEED choose the generated lines.
 */

const COUNT = Number(process.env['POLICY_COUNT'] ?? 5000);
const SEED = Number(process.env['POLICY_SEED'] ?? 20_261_122);

const place = aPlace({ workspace: PROJECT });
const inProject = (line: string): ReturnType<typeof judged> => judged(line, place);

function row(name: string, { allowed, denied, live, violations }: Tally): (string | number)[] {
  const refused = Object.values(denied).reduce((sum, one) => sum + one, 0);
  return [name, allowed + refused, allowed, live, violations.length];
}

async function oracle(): Promise<string> {
  const missing = await missingProgram();
  if (missing !== undefined) return `not compared: there is no ${missing}`;
  await using bash = await openRealBash();
  const rows = [row('generated', await compare(bash, generated(COUNT, SEED), inProject))];
  if (CORPORA !== undefined) {
    const random = createRandom(SEED + 2);
    const changed = corpora().map((line) => mutated(random, line));
    rows.push(row('corpora', await compare(bash, corpora(), inProject)));
    rows.push(row('corpora, changed', await compare(bash, changed, inProject)));
  }
  return tableOf(['lines', 'all', 'allowed', 'ran something', 'violations'], rows);
}

/** By the clock: that of a thread's own time is too coarse for most lines. */
function quantiles(name: string, lines: readonly string[]): (string | number)[] {
  const times = lines.map((line) => {
    const began = performance.now();
    judged(line);
    return performance.now() - began;
  });
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2);
  return [name, lines.length, at(0.5), at(0.99), at(1)];
}

function speed(): string {
  const ordinary = Array.from({ length: 200 }, () => ORDINARY).flat();
  quantiles('warmed up', ordinary);
  const worst = PIECES.flatMap(hostile)
    .map((line) => ({ line, ms: least(line) }))
    .toSorted((a, b) => b.ms - a.ms)[0];
  const corpus = CORPORA === undefined ? [] : corpora();
  return tableOf(
    ['milliseconds', 'lines', 'median', 'p99', 'worst'],
    [
      quantiles('ordinary', ordinary),
      quantiles('generated', generated(COUNT, SEED)),
      quantiles('corpora', corpus),
      [
        '16 KB, hostile',
        PIECES.length * 3,
        '',
        '',
        `${worst?.ms.toFixed(1) ?? ''} (${worst?.line.slice(0, 12) ?? ''})`,
      ],
    ],
  );
}

function refusals(): string {
  const { all, refused } = coreRows();
  const share = ((1 - refused.length / all.length) * 100).toFixed(1);
  const rows = refused.map(({ id = '', command }) => [
    id,
    REFUSED_BENIGN[id] ?? 'NO REASON',
    JSON.stringify(command),
  ]);
  return `${all.length - refused.length} of ${all.length} are allowed (${share} %)\n${tableOf(['refused', 'why', 'command'], rows)}`;
}

const why = (command: string): string =>
  DEVIATIONS.find(([, commands]) => commands.includes(command))?.[0] ?? 'NO REASON';

function deviations(): string {
  const rows = deviatingRows().map(({ command, expected = '' }) => [
    expected,
    judged(command).decision,
    why(command),
    JSON.stringify(command),
  ]);
  return tableOf(['expected', 'standard', 'why', 'command'], rows);
}

const parts: [title: string, text: string][] = [
  [`Compared with bash (seed ${SEED})`, await oracle()],
  ['Speed of the judging', speed()],
];
if (CORPORA === undefined) parts.push(['Corpora', 'HARNESS_CORPORA names no folder of them']);
else
  parts.push(
    ['Ordinary commands, profile standard', refusals()],
    ['Otherwise than relatives expect, profile standard', deviations()],
  );
process.stdout.write(parts.map(([title, text]) => `${title}\n\n${text}\n`).join('\n'));
