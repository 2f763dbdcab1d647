import type { Run } from '../domain/run.ts';
import type { Engine } from './deps.ts';
import { STOP_GRACE_MS } from './wind-down.ts';

/**
 * Ends the agents of this process that work on items a person took out of the queue meanwhile: at their
 * next step, within `STOP_GRACE_MS`. Their work is rescued as at any end; a proof looks for itself.
 */
export async function endCalledOff({ deps, running }: Engine, run: Run): Promise<void> {
  if (!running.busy(run.id)) return;
  // Read before the items: one that is blocked by then has ended or was taken away, not begun anew.
  const open = await deps.store.attempts.list(run.id, { open: true });
  const here = open.filter(({ id, itemKey }) => itemKey !== null && running.has(id));
  if (here.length === 0) return;
  const items = await deps.store.items.standing(run.id);
  const blocked = new Set(items.flatMap((item) => (item.status === 'blocked' ? [item.key] : [])));
  for (const { id, itemKey } of here)
    if (itemKey !== null && blocked.has(itemKey)) running.callOff(id, STOP_GRACE_MS);
}
