import { describe, expect, test } from 'vitest';
import { judgeCommand } from '../../../src/safety/policy/judge.ts';
import type { Verdict } from '../../../src/safety/policy/verdict.ts';
import { judged, SEED } from './a-policy.ts';
import { CORPORA, corpusRows, type Corpus, type CorpusRow } from '../../support/corpora.ts';
import {
  asExpected,
  coreRows,
  deviatingRows,
  DEVIATIONS,
  placeOf,
  REFUSED_BENIGN,
} from '../../support/policy-reasons.ts';

/** Least share of ordinary commands that must be allowed. */
const LEAST_ALLOWED = 0.97;

/** The original's own suite, which relatives copied. */
function isSeed({ source }: CorpusRow): boolean {
  return [source]
    .flat()
    .some((one) =>
      /anthropics\/claude-quickstarts|ghitapop\/Linear-Coding-Agent-Harness/u.test(one),
    );
}

const verdictsOf = (file: Corpus): readonly Verdict[] =>
  corpusRows(file).map(({ command }) => judged(command));

function byRule(verdicts: readonly Verdict[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const verdict of verdicts) {
    const key = verdict.decision === 'allow' ? 'allowed' : verdict.rule;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe.skipIf(CORPORA === undefined)('corpora (skipped without HARNESS_CORPORA)', () => {
  test('the rows of the original decide as it did under profile seed', () => {
    const rows = corpusRows('family-hook-cases').filter(isSeed);
    expect(rows).toHaveLength(59);
    const wrong = rows.filter(
      (row) => !asExpected(row, judgeCommand(SEED, placeOf(row), row.command)),
    );
    expect(wrong.map(({ command }) => command)).toEqual([]);
  });

  test('every row that profile standard decides otherwise has its reason', () => {
    const otherwise = deviatingRows();
    const explained = DEVIATIONS.flatMap(([, commands]) => commands);
    expect(otherwise.map(({ command }) => command).toSorted()).toEqual(explained.toSorted());
  });

  test('ordinary commands are allowed but for those with a reason', () => {
    const { all, refused } = coreRows();
    expect(refused.map(({ id }) => id ?? '').toSorted()).toEqual(
      Object.keys(REFUSED_BENIGN).toSorted(),
    );
    expect(1 - refused.length / all.length).toBeGreaterThanOrEqual(LEAST_ALLOWED);
  });

  test('no row of any file breaks the judging, and few hostile ones are left to the box', () => {
    expect(byRule(verdictsOf('gtfobins'))).toMatchInlineSnapshot(`
      {
        "allowed": 15,
        "argument": 13,
        "assignment": 7,
        "command": 153,
        "network": 2,
        "option": 30,
        "path": 68,
        "redirect": 1,
        "syntax": 7,
      }
    `);
    expect(byRule(verdictsOf('dangerous'))).toMatchInlineSnapshot(`
      {
        "allowed": 31,
        "argument": 41,
        "assignment": 2,
        "command": 232,
        "construct": 62,
        "network": 34,
        "option": 25,
        "path": 66,
        "substitution": 38,
        "syntax": 7,
      }
    `);
    expect(byRule(verdictsOf('benign'))).toMatchInlineSnapshot(`
      {
        "allowed": 476,
        "argument": 1,
        "command": 18,
        "path": 3,
      }
    `);
  });
});
