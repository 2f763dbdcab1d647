import { z } from 'zod';
import type { HarnessEvent, Subject } from '../../domain/event.ts';
import type { HostTool } from '../../sessions/agent.ts';

const shape = {
  kind: z.enum(['complete', 'blocked', 'note', 'discovered']),
  text: z.string().max(4000),
};
const report = z.object(shape);

/** What an agent says of its work; the kind says what it means by it. */
export type Report = z.infer<typeof report>;

/** The tool by which an agent reports, and what it claimed with it. */
export interface ReportTool extends HostTool {
  /** The last report that claims an end; the claim itself proves nothing. */
  claim(): Report | undefined;
}

/** No honest session says so much; a loop must not fill the record. */
const MOST_REPORTS = 500;

/** The one tool by which an agent speaks to the harness about its work item. */
export function reportTool(order: {
  readonly subject: Subject;
  readonly record: (event: HarnessEvent) => Promise<void>;
  readonly redact: (text: string) => string;
}): ReportTool {
  let claim: Report | undefined;
  let reports = 0;
  return {
    name: 'report',
    description: 'Report on your work: complete, blocked, a note, or discovered further work.',
    shape,
    claim: () => claim,
    async handle(input) {
      const said = report.parse(input);
      if (said.kind === 'complete' || said.kind === 'blocked') claim = said;
      reports += 1;
      if (reports > MOST_REPORTS) return 'Noted; end your turn.';
      await order.record({
        type: 'session.noted',
        subject: order.subject,
        kind: said.kind,
        text: order.redact(said.text),
      });
      return said.kind === 'complete'
        ? 'Noted. The harness now proves it; end your turn.'
        : 'Noted.';
    },
  };
}
