import type { App } from '../../app.ts';
import type { StoredEvent } from '../../domain/event.ts';
import { ENDED, type Project } from '../../domain/run.ts';
import { createAlarm } from '../alarm.ts';
import { showNew } from '../follow-run.ts';
import { isDetail, renderEvent } from '../render-event.ts';
import { createSampler } from './sampler.ts';
import { talkLines } from './speech.ts';
import type { ScreenStore } from './store.ts';

interface Viewer {
  readonly app: App;
  readonly screen: ScreenStore;
}

/** Shows a project as it stands; one that is shown already stays, and what is new of it is told by whoever follows it. */
export async function attach({ app, screen }: Viewer, project: Project): Promise<void> {
  if (screen.screen().project?.id === project.id) return;
  const stored: StoredEvent[] = [];
  await showNew({ app, project, show: (one) => stored.push(one) }, 0);
  screen.dispatch({ type: 'attached', project, stored });
}

/** How a run is followed on the screen, from the last event that is shown there. */
export function viewing({ app, screen }: Viewer, project: Project) {
  return {
    app,
    project,
    after: screen.screen().live.lastEvent,
    look: createSampler(app, project, screen),
    show: (stored: StoredEvent): void => {
      screen.dispatch({ type: 'stored', stored });
      if (!isDetail(stored) && !isShown(stored))
        screen.dispatch({ type: 'talk', lines: talkLines('event', renderEvent(stored)) });
    },
  };
}

/** What the lines above the talk show as it is. */
function isShown({ event }: StoredEvent): boolean {
  if (event.type === 'run.status')
    return event.status === 'running' || event.status === 'waiting_approval';
  return event.type === 'phase.ended' && event.status === 'waiting_approval';
}

const LOOK_MS = 500;

/**
 * Shows what becomes of a project while nothing of it is carried out here, until told to leave: another
 * process may carry out its run, answer what it asks, or begin to go on with it at any time.
 */
export async function watchProject(
  viewer: Viewer,
  { project, leave }: { readonly project: Project; readonly leave: AbortSignal },
): Promise<void> {
  const { app, screen } = viewer;
  const { after, look, show } = viewing(viewer, project);
  const alarm = createAlarm(LOOK_MS);
  const ring = (): void => alarm.ring();
  const silence = app.store.events.onCommit(ring);
  leave.addEventListener('abort', ring);
  let last = after;
  try {
    while (!leave.aborted) {
      const hosted = await app.steadily(() => isHosted(app, project));
      last = await app.steadily(() => showNew({ app, project, show }, last));
      if (hosted) await look();
      const activity = hosted ? 'watching' : 'idle';
      if (!leave.aborted && screen.screen().activity !== activity)
        screen.dispatch({ type: 'activity', activity });
      await alarm.wait();
    }
  } finally {
    leave.removeEventListener('abort', ring);
    silence();
    alarm.stop();
  }
}

/** Whether the project's newest run is being carried out, or would be if it had its answer. */
async function isHosted(app: App, project: Project): Promise<boolean> {
  const run = await app.store.runs.latest(project.id);
  return run !== undefined && !ENDED.includes(run.status) && app.hosted(run);
}
