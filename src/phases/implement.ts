import type { WorkItem } from '../domain/work-item.ts';
import type { Phase, PhaseEnd } from './phase.ts';

/** Waits while the dispatcher gives out work items; ends when each is done or blocked. */
export const implement: Phase = {
  name: 'implement',
  async run(context) {
    const waited = await context.itemsSettled();
    if (waited !== 'settled')
      return {
        status: waited,
        reason:
          waited === 'timed_out'
            ? 'The time of this phase was up before all items were done.'
            : 'stopped',
      };
    return context.step('count', async () => endOf(await context.project.items()));
  },
};

/** A person's `skip` counts as settled; what the harness blocked makes the run fail at its end. */
function endOf(items: readonly WorkItem[]): PhaseEnd {
  const done = items.filter((item) => item.status === 'done').length;
  if (items.length === 0)
    return { status: 'failed', reason: 'There are no work items to implement.' };
  return { status: 'completed', outputs: [`${done} of ${items.length} work items done`] };
}
