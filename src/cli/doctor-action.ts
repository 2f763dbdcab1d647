import { diagnose, type Finding } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { hasCode, messageOf } from '../domain/errors.ts';
import { openContext, openWithoutFiles, userPlaces, type Context } from './context.ts';
import { table } from './table.ts';

/** Says part by part whether a run with a real model could start; its exit status is what stands in the way. */
export async function doctorAction(options: CommonOptions): Promise<void> {
  const { context, faults } = openAsFarAsPossible(options);
  const { config, output } = context;
  const findings = [...faults, ...(await diagnose({ config, ...userPlaces(config) }))];
  for (const finding of findings) output.object(finding);
  for (const line of [...findingLines(findings), '', verdictLine(findings)]) output.data(line);
  process.exitCode = exitOfFindings(findings);
}

/** A faulty configuration is one finding; the others are looked for with what holds without it. */
function openAsFarAsPossible(options: CommonOptions): {
  readonly context: Context;
  readonly faults: readonly Finding[];
} {
  try {
    return { context: openContext(options), faults: [] };
  } catch (error) {
    if (!hasCode(error, 'CONFIG_INVALID')) throw error;
    const remedy = 'correct what is named there; what follows was looked at without that file';
    const fault = { part: 'configuration', state: 'missing', found: messageOf(error) } as const;
    return { context: openWithoutFiles(options), faults: [{ ...fault, remedy, exit: 2 }] };
  }
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
