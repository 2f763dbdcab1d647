import { exitOf } from '../domain/exit.ts';
import type { StoredEvent } from '../domain/event.ts';
import { ENDED, type Project, type Run } from '../domain/run.ts';
import type { App } from '../app.ts';
import { followRun } from './follow-run.ts';
import { heedInterrupts } from './heed-interrupts.ts';
import type { Output } from './output.ts';
import { eventObject, isDetail, renderEvent } from './render-event.ts';

export interface Following {
  readonly app: App;
  readonly project: Project;
  readonly runId: string;
  readonly output: Output;
  /** Number of the last event that was shown already. */
  readonly after: number;
  /** Shows what events do not tell; called at every look, after the events. */
  readonly look?: () => Promise<void>;
}

export interface Followed {
  readonly run: Run;
  readonly exit: number;
}

/**
 * Shows a run's events as they are stored and keeps its snapshot, until it ends or waits for a
 * person. The first interrupt stops the run at its next step, a second one at once; a third one leaves it,
 * as any does while the database is away. Throws `LEFT_BEHIND` (exit 130, 143) then, and DISK_FULL (exit 75)
 * when a full disk keeps the run from even being parked.
 */
export async function follow(order: Following): Promise<Followed> {
  const { output, ...following } = order;
  const interrupts = heedInterrupts(order);
  try {
    const followed = followRun({
      ...following,
      over: isOver,
      show: (stored) => show(output, stored),
    });
    const run = await Promise.race([followed, interrupts.left]);
    return { run, exit: interrupts.exit() ?? exitOf(run) };
  } finally {
    interrupts.stop();
  }
}

function show(output: Output, stored: StoredEvent): void {
  output.object(eventObject(stored));
  if (!isDetail(stored)) output.data(renderEvent(stored));
}

/** Nothing happens any more until a person does something. */
export function isOver(run: Run): boolean {
  return ENDED.includes(run.status) || run.status === 'waiting_approval';
}
