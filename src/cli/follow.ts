import { exitOf } from '../domain/exit.ts';
import { messageOf } from '../domain/errors.ts';
import type { StoredEvent } from '../domain/event.ts';
import { ENDED, type Project, type Run } from '../domain/run.ts';
import { requestControl, type App } from '../app.ts';
import { followRun } from './follow-run.ts';
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
 * person. The first interrupt stops the run at its next step, a second one at once. Throws DISK_FULL
 * (exit 75) when a full disk keeps the run from even being parked.
 */
export async function follow(order: Following): Promise<Followed> {
  const { output, ...following } = order;
  const release = onInterrupt(order);
  try {
    const run = await followRun({
      ...following,
      over: isOver,
      show: (stored) => show(output, stored),
    });
    return { run, exit: release.exit() ?? exitOf(run) };
  } finally {
    release.stop();
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

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Nobody presses a key twice on purpose within this time. */
const ECHO_MS = 400;

function onInterrupt({ app, runId, output }: Following): { stop(): void; exit(): number | null } {
  let seen: NodeJS.Signals | undefined;
  let heardAt = 0;
  const heard = (signal: NodeJS.Signals): void => {
    // One Ctrl-C may arrive twice: from the terminal, and from a parent that passes it on.
    if (performance.now() - heardAt < ECHO_MS) return;
    heardAt = performance.now();
    const control = seen === undefined ? 'stop' : 'stop_now';
    output.warn(
      seen === undefined ? 'stopping at the next step; once more stops at once' : 'stopping now',
    );
    seen = signal;
    app.store.runs
      .get(runId)
      .then((run) =>
        run && !ENDED.includes(run.status)
          ? requestControl({ store: app.store }, run, control)
          : undefined,
      )
      .catch((error: unknown) => output.warn(`the stop was not recorded: ${messageOf(error)}`));
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return {
    stop: () => {
      for (const signal of SIGNALS) process.off(signal, heard);
    },
    exit: () => (seen === undefined ? null : seen === 'SIGINT' ? 130 : 143),
  };
}
