import type { Role } from '../domain/attempt.ts';
import type { PhaseName } from '../domain/phase.ts';
import {
  endOfFailed,
  type Phase,
  type PhaseContext,
  type PhaseEnd,
  type RoleEnd,
} from './phase.ts';

interface PlanningPhase {
  readonly name: PhaseName;
  /** Path of the document that it leaves. */
  readonly document: string;
  readonly title: string;
  /** The one role of the pattern `single`. */
  readonly single: Role;
  readonly swarm: readonly Role[];
}

/** A phase whose result is one document: by one agent, or by a swarm of three and a synthesis. */
export function planningPhase(plan: PlanningPhase): Phase {
  return {
    name: plan.name,
    run: (context) =>
      context.run.settings.phases[plan.name].pattern === 'swarm'
        ? bySwarm(plan, context)
        : bySingle(plan, context),
  };
}

async function bySingle(plan: PlanningPhase, context: PhaseContext): Promise<PhaseEnd> {
  const [end] = await context.sessions([plan.single]);
  if (end?.status !== 'succeeded') return endOfFailed(end ? [end] : []);
  return keep(plan, context, () => context.project.textOf(plan.single));
}

async function bySwarm(plan: PlanningPhase, context: PhaseContext): Promise<PhaseEnd> {
  const ends = await context.sessions(plan.swarm);
  if (!ends.some((end) => end.status === 'succeeded')) return endOfFailed(ends);
  const [synthesis] = await context.sessions(['synthesis']);
  if (synthesis?.status === 'limited' || synthesis?.status === 'aborted')
    return endOfFailed([synthesis]);
  return keep(plan, context, async () => {
    const text = await context.project.textOf('synthesis');
    return text ?? (await joined(plan, context, ends));
  });
}

/** When the synthesis itself failed: the roles' texts one after another, and labelled as just that. */
async function joined(
  plan: PlanningPhase,
  context: PhaseContext,
  ends: readonly RoleEnd[],
): Promise<string> {
  const parts = await Promise.all(
    ends.map(async (end) => {
      const text = await context.project.textOf(end.role);
      return `## From ${end.role}\n\n${text ?? `This session gave no result: ${end.reason}`}`;
    }),
  );
  const note = 'The synthesis failed: these are the contributions as they came, unreconciled.';
  return `# ${plan.title}\n\n> ${note}\n\n${parts.join('\n\n')}\n`;
}

function keep(
  plan: PlanningPhase,
  context: PhaseContext,
  text: () => Promise<string | undefined>,
): Promise<PhaseEnd> {
  return context.step('document', async (): Promise<PhaseEnd> => {
    const found = (await text())?.trim() ?? '';
    if (found === '') return { status: 'failed', reason: 'The session ended without a text.' };
    await context.project.writeDocuments(
      [{ path: plan.document, text: `${found}\n` }],
      `Write ${plan.document}`,
    );
    return { status: 'completed', outputs: [plan.document] };
  });
}
