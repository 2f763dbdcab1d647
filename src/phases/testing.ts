import { z } from 'zod';
import type { Phase, PhaseContext, PhaseEnd, Regression } from './phase.ts';

const report = z.object({
  summary: z.string().max(8000),
  findings: z
    .array(
      z.object({
        severity: z.enum(['high', 'medium', 'low']),
        title: z.string().max(500),
        detail: z.string().max(8000),
      }),
    )
    .max(100),
  checks: z.array(z.string().trim().min(1).max(2000)).max(30),
});

type Report = z.infer<typeof report>;

/** JSON Schema (draft-7) of what the tester answers. */
export const TESTER_SCHEMA: Readonly<Record<string, unknown>> = z.toJSONSchema(report, {
  target: 'draft-7',
});

const PATH = 'PRPs/plans/test_report.md';

/**
 * A tester uses the whole product; then the harness runs everything that was agreed, and the
 * tester's own checks, on a pristine checkout of main. Exit codes decide, never the tester's word.
 */
export const testing: Phase = {
  name: 'testing',
  async run(context) {
    const [end] = await context.sessions(['tester']);
    if (end?.status === 'aborted') return { status: 'aborted', reason: end.reason };
    if (end?.status === 'limited')
      return { status: 'limited', until: end.until, reason: end.reason };
    return context.step('regression', (signal) => judge(context, end?.reason ?? '', signal));
  },
};

async function judge(
  context: PhaseContext,
  failure: string,
  signal: AbortSignal,
): Promise<PhaseEnd> {
  const found = readReport(await context.project.textOf('tester'));
  const regression = await context.project.regression(found?.checks ?? [], signal);
  // Checks that were cut off say nothing of the product.
  if (signal.aborted) return { status: 'aborted', reason: 'stopped by request' };
  const text = render(found, regression, failure);
  await context.project.writeDocuments([{ path: PATH, text }], `Write ${PATH}`);
  if (!regression.passed)
    return { status: 'failed', reason: `Checks are red on main: see ${PATH}.` };
  if (found === undefined)
    return { status: 'failed', reason: `The tester gave no report. ${failure}`.trim() };
  const lost = regression.extraFailed.length;
  const note = lost === 0 ? [] : [`${lost} of the tester's own checks failed when repeated`];
  return { status: 'completed', outputs: [PATH, ...note] };
}

function render(found: Report | undefined, regression: Regression, failure: string): string {
  const findings = found?.findings ?? [];
  return [
    '# Test report',
    '',
    found?.summary ?? `No tester's report: ${failure || 'its answer could not be read'}.`,
    '',
    '## Findings',
    '',
    ...findings.map((one) => `- **${one.severity}** ${one.title}: ${one.detail}`),
    ...(findings.length === 0 ? ['None.'] : []),
    '',
    '## Checks run by the harness',
    '',
    regression.report,
    '',
  ].join('\n');
}

function readReport(text: string | undefined): Report | undefined {
  if (text === undefined) return undefined;
  try {
    return report.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
