import { skipped, type WorkItem } from '../domain/work-item.ts';
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

/** A person's `skip` counts as settled; what the harness had to block holds up everything after. */
function endOf(items: readonly WorkItem[]): PhaseEnd {
  if (items.length === 0)
    return {
      status: 'blocked',
      reason:
        'There are no work items to implement; `harness items add` makes one, `harness run --from task_breakdown` plans them.',
    };
  const blocked = items.filter((item) => item.status === 'blocked' && !skipped(item));
  const behind = items.filter((item) => item.status === 'todo').map((item) => item.key);
  if (blocked.length > 0 || behind.length > 0)
    return {
      status: 'blocked',
      reason: [...blocked.map(blockedLine), ...waiting(behind)].join('; '),
    };
  const done = items.filter((item) => item.status === 'done').length;
  return { status: 'completed', outputs: [`${done} of ${items.length} work items done`] };
}

function blockedLine({ key, reason }: WorkItem): string {
  return `${key} is blocked: ${(reason ?? 'no reason').split('\n', 1)[0] ?? ''}`;
}

function waiting(keys: readonly string[]): string[] {
  return keys.length === 0 ? [] : [`behind blocked items: ${keys.join(', ')}`];
}
