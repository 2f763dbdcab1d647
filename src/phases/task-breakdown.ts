import { DOCUMENTS } from '../domain/document.ts';
import { keyFaults } from '../domain/plan.ts';
import { endOfFailed, type Phase } from './phase.ts';
import { readPlan } from './plan-output.ts';
import { renderTasks } from './tasks-document.ts';

/** From a design to work items with checks, written down for people; `agree` makes them real. */
export const taskBreakdown: Phase = {
  name: 'task_breakdown',
  async run(context) {
    const [end] = await context.sessions(['planner']);
    if (end?.status !== 'succeeded') return endOfFailed(end ? [end] : []);
    return context.step('document', async () => {
      const answer = readPlan(JSON.parse((await context.project.textOf('planner')) ?? 'null'));
      if (!answer.ok) return { status: 'failed', reason: answer.faults.join(' ') };
      const taken = keyFaults(await context.project.takenKeys(answer.plan.items));
      if (taken.length > 0) return { status: 'failed', reason: taken.join(' ') };
      const path = DOCUMENTS.task_breakdown;
      await context.project.writeDocuments(
        [{ path, text: renderTasks(answer.plan) }],
        `Write ${path}`,
      );
      return { status: 'completed', outputs: [path] };
    });
  },
};
