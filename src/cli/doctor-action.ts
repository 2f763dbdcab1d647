import { diagnose, type Finding } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, userPlaces } from './context.ts';
import { table } from './table.ts';

/** Says part by part whether a run with a real model could start; its exit status is what stands in the way. */
export async function doctorAction(options: CommonOptions): Promise<void> {
  const { config, output } = openContext(options);
  const findings = await diagnose({ config, ...userPlaces(config) });
  for (const finding of findings) output.object(finding);
  for (const line of [...findingLines(findings), '', verdictLine(findings)]) output.data(line);
  process.exitCode = exitOfFindings(findings);
}

/** The first thing that would end a run's start, in the order in which a run meets them. */
export function exitOfFindings(findings: readonly Finding[]): number {
  return findings.find((finding) => finding.state === 'missing')?.exit ?? 0;
}

const MARKS = { ok: 'ok', note: '--', missing: 'NO' } as const;

/** Findings for a person: one line each, what mends it below. */
export function findingLines(findings: readonly Finding[]): string[] {
  const rows = table(
    findings.map(({ part, state, found }) => [MARKS[state], part, found.split('\n', 1)[0] ?? '']),
  );
  return rows.flatMap((row, at) => {
    const remedy = findings[at]?.remedy ?? null;
    return remedy === null ? [row] : [row, `    mend it: ${remedy}`];
  });
}

/** The closing sentence: whether a run could start, and what comes first when it couldn't. */
export function verdictLine(findings: readonly Finding[]): string {
  const missing = findings.filter(({ state }) => state === 'missing');
  const notes = findings.filter(({ state }) => state === 'note').length;
  const [first] = missing;
  if (first === undefined)
    return `All well: a run can start.${notes > 0 ? ` ${notes === 1 ? 'A note' : 'Notes'} above (--) may be of use.` : ''}`;
  const others = missing.slice(1).map(({ part }) => part);
  const rest = others.length === 0 ? '' : `, then ${others.join(', ')}`;
  const rehearsal = missing.every(({ part }) => ['credential', 'sandbox'].includes(part));
  return `A run with a real model can't start: mend ${first.part} first${rest}.${rehearsal ? ' A rehearsal can: `harness run --rehearse`.' : ''}`;
}
