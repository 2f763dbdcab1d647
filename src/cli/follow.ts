import { exitOf } from '../domain/exit.ts';
import { messageOf } from '../domain/errors.ts';
import { ENDED, type Project, type Run } from '../domain/run.ts';
import { noRoomLeft, openHeart, requestControl, type App, type Heart } from '../app.ts';
import { createAlarm } from './alarm.ts';
import type { Output } from './output.ts';
import { keepSnapshot, unlessUnwritten } from './refresh-snapshot.ts';
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

/** Looks at the store at least so often; wake-ups come with every event. */
const LOOK_MS = 250;

/** The snapshot is rewritten no more often than this. */
const SNAPSHOT_MS = 500;

/** Time for parking a run whose disk is full; after that nothing more can be stored. */
const PARKING_MS = 30_000;

/**
 * Shows a run's events as they are stored and keeps its snapshot, until it ends or waits for a
 * person. The first interrupt stops the run at its next step, a second one at once. Throws DISK_FULL
 * (exit 75) when a full disk keeps the run from even being parked.
 */
export async function follow(order: Following): Promise<Followed> {
  const { app, runId } = order;
  const alarm = createAlarm(LOOK_MS);
  const silence = app.store.events.onCommit(() => alarm.ring());
  const release = onInterrupt(order);
  const room = roomWatch(order);
  const heart = await openHeart(app.config.home, order.project.id);
  let { after } = order;
  let shown = 0;
  try {
    for (;;) {
      // Read before the events: what ended it is then among them.
      const run = await app.steadily(() => app.store.runs.get(runId));
      after = await app.steadily(() => showNew(order, after));
      await order.look?.();
      if (run !== undefined && isOver(run)) {
        await heart.stop();
        await app.steadily(() => keepSnapshot(app, order.project, run));
        return { run, exit: release.exit() ?? exitOf(run) };
      }
      if (run !== undefined && performance.now() - shown > SNAPSHOT_MS) {
        shown = performance.now();
        await room();
        await app.steadily(() => tell(order, run, heart));
      }
      await alarm.wait();
    }
  } finally {
    await heart.stop();
    release.stop();
    silence();
    alarm.stop();
  }
}

/** A look that throws once there has been no room for longer than parking takes. */
function roomWatch({ app, project }: Following): () => Promise<void> {
  let since: number | null = null;
  return async () => {
    const full = await noRoomLeft(app, project.directory);
    since = full === null ? null : (since ?? performance.now());
    if (full !== null && since !== null && performance.now() - since > PARKING_MS) throw full;
  };
}

async function tell({ app, project }: Following, run: Run, heart: Heart): Promise<void> {
  const snapshot = await keepSnapshot(app, project, run);
  const newest = (await app.store.runs.newest())?.id === run.id;
  await unlessUnwritten(() => heart.beat(snapshot, newest));
}

/** Nothing happens any more until a person does something. */
export function isOver(run: Run): boolean {
  return ENDED.includes(run.status) || run.status === 'waiting_approval';
}

async function showNew({ app, project, output }: Following, after: number): Promise<number> {
  let last = after;
  for (;;) {
    const events = await app.store.events.read(project.id, { after: last, limit: 500 });
    for (const stored of events) {
      last = stored.id;
      output.object(eventObject(stored));
      if (!isDetail(stored)) output.data(renderEvent(stored));
    }
    if (events.length < 500) return last;
  }
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
