import type { StoredEvent } from '../domain/event.ts';
import type { Project, Run } from '../domain/run.ts';
import { noRoomLeft, openHeart, type App, type Heart } from '../app.ts';
import { createAlarm } from './alarm.ts';
import { keepSnapshot, unlessUnwritten } from './refresh-snapshot.ts';

export interface RunFollowing {
  readonly app: App;
  readonly project: Project;
  readonly runId: string;
  /** Number of the last event that was shown already. */
  readonly after: number;
  readonly show: (stored: StoredEvent) => void;
  /** Shows what events do not tell; called at every look, after the events. */
  readonly look?: () => Promise<void>;
  /** Whether there is nothing more to follow. */
  readonly over: (run: Run) => boolean;
  /** Ends it before. */
  readonly leave?: AbortSignal;
}

/** Looks at the store at least so often; wake-ups come with every event. */
const LOOK_MS = 250;

/** The snapshot is rewritten no more often than this. */
const SNAPSHOT_MS = 500;

/** Time for parking a run whose disk is full; after that nothing more can be stored. */
const PARKING_MS = 30_000;

/**
 * The one stream of events behind every view of a run that is hosted here: shows them as they are
 * stored and keeps the snapshot. Throws DISK_FULL (exit 75) when a full disk keeps the run from even
 * being parked.
 */
export async function followRun(order: RunFollowing): Promise<Run> {
  const { app, runId } = order;
  const alarm = createAlarm(LOOK_MS);
  const ring = (): void => alarm.ring();
  const silence = app.store.events.onCommit(ring);
  order.leave?.addEventListener('abort', ring);
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
      if (run !== undefined && isDone(order, run)) {
        await heart.stop();
        await app.steadily(() => keepSnapshot(app, order.project, run));
        return run;
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
    order.leave?.removeEventListener('abort', ring);
    silence();
    alarm.stop();
  }
}

function isDone({ over, leave }: RunFollowing, run: Run): boolean {
  return over(run) || leave?.aborted === true;
}

/** A look that throws once there has been no room for longer than parking takes. */
function roomWatch({ app, project }: RunFollowing): () => Promise<void> {
  let since: number | null = null;
  return async () => {
    const full = await noRoomLeft(app, project.directory);
    since = full === null ? null : (since ?? performance.now());
    if (full !== null && since !== null && performance.now() - since > PARKING_MS) throw full;
  };
}

async function tell({ app, project }: RunFollowing, run: Run, heart: Heart): Promise<void> {
  const snapshot = await keepSnapshot(app, project, run);
  const newest = (await app.store.runs.newest())?.id === run.id;
  await unlessUnwritten(() => heart.beat(snapshot, newest));
}

/** Shows what was stored after an event; the number of the last one. */
export async function showNew(
  {
    app,
    project,
    show,
  }: Pick<RunFollowing, 'project' | 'show'> & {
    readonly app: Pick<App, 'store'>;
  },
  after: number,
): Promise<number> {
  let last = after;
  for (;;) {
    const events = await app.store.events.read(project.id, { after: last, limit: 500 });
    for (const stored of events) {
      last = stored.id;
      show(stored);
    }
    if (events.length < 500) return last;
  }
}
