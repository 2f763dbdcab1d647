import { HarnessError } from '../../domain/errors.ts';
import type { StoredEvent } from '../../domain/event.ts';
import { ENDED, type Project, type Run } from '../../domain/run.ts';
import { requestControl, type App } from '../../app.ts';
import { createAlarm } from '../alarm.ts';
import type { Context } from '../context.ts';
import { followRun, showNew } from '../follow-run.ts';
import { hosting, openModels, type Models } from '../hosting.ts';
import { isDetail, renderEvent } from '../render-event.ts';
import { createSampler } from './sampler.ts';
import { talkLines } from './speech.ts';
import type { ScreenStore } from './store.ts';

/** What carries out one run, from the making of its host to its end. */
export interface Carrier {
  /** Rejects with what kept it from carrying the run out; undefined: called off before there was one. */
  readonly over: Promise<Run | undefined>;
  /** Ends sessions at once and keeps their work; whatever is not begun yet never begins. */
  interrupt(): Promise<void>;
  /** Ends them at their next step. */
  stop(): Promise<void>;
  /** Hosts no longer; the run stays as it is, for whoever goes on with it. */
  leave(): void;
}

export interface Carrying {
  readonly app: App;
  readonly context: Context;
  readonly screen: ScreenStore;
  readonly rehearse: boolean;
  /** The project, and what begins or goes on with its run; called before anything is hosted. */
  readonly prepare: (models: Models) => Promise<{
    readonly project: Project;
    readonly start: () => Promise<Run>;
  }>;
}

/** Thrown inside when the person did not want it any more. */
class CalledOff extends Error {}

/** Carries out a run behind the prompt. */
export function carryOut(order: Carrying): Carrier {
  const { app } = order;
  const leaving = new AbortController();
  let run: Run | undefined;
  let calledOff = false;
  const unlessCalledOff = (): void => {
    if (calledOff || leaving.signal.aborted) throw new CalledOff();
  };
  const control = async (how: 'stop' | 'stop_now'): Promise<void> => {
    if (run === undefined) calledOff = true;
    else await ask(app, run.id, how);
  };
  const carry = async (): Promise<Run> => {
    const { rehearse, context, screen } = order;
    const models = await openModels(context.config, rehearse);
    try {
      unlessCalledOff();
      const { project, start } = await order.prepare(models);
      return await hosting({ app, context, models }, async ({ unsealed }) => {
        unlessCalledOff();
        run = await start();
        await attach({ app, screen }, project);
        screen.dispatch({ type: 'activity', activity: 'hosting' });
        if (unsealed !== null)
          await app.store.events.append(project.id, run.id, [
            { type: 'run.unsealed', reason: unsealed },
          ]);
        if (calledOff) await ask(app, run.id, 'stop_now');
        return followRun({
          ...viewing({ app, screen }, project),
          runId: run.id,
          over: ({ status }) => ENDED.includes(status),
          leave: leaving.signal,
        });
      });
    } finally {
      await models.rehearsal?.close();
    }
  };
  return {
    over: carry().catch((error: unknown) => {
      if (error instanceof CalledOff) return undefined;
      throw error;
    }),
    interrupt: () => control('stop_now'),
    stop: () => control('stop'),
    leave: () => leaving.abort(),
  };
}

/** What has ended meanwhile needs no request. */
async function ask({ store }: App, runId: string, control: 'stop' | 'stop_now'): Promise<void> {
  const run = await store.runs.get(runId);
  if (run === undefined || ENDED.includes(run.status)) return;
  try {
    await requestControl({ store }, run, control);
  } catch (error) {
    if (!(error instanceof HarnessError && error.code === 'RUN_NOT_LIVE')) throw error;
  }
}

interface Viewer {
  readonly app: App;
  readonly screen: ScreenStore;
}

/** Shows what is stored of a project's newest run; what was told before is not told again. */
export async function attach({ app, screen }: Viewer, project: Project): Promise<void> {
  const shown = screen.screen();
  if (shown.project?.id !== project.id) screen.dispatch({ type: 'project', project });
  const show = (stored: StoredEvent): void => screen.dispatch({ type: 'stored', stored });
  await showNew({ app, project, show }, screen.screen().live.lastEvent);
}

function viewing({ app, screen }: Viewer, project: Project) {
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

/** Shows a run that another process carries out, until it ends, nobody does any more, or we leave. */
export async function watchOnly(
  viewer: Viewer,
  {
    project,
    run,
    leave,
  }: { readonly project: Project; readonly run: Run; readonly leave: AbortSignal },
): Promise<void> {
  const { app } = viewer;
  const { after, look, show } = viewing(viewer, project);
  const alarm = createAlarm(LOOK_MS);
  const ring = (): void => alarm.ring();
  const silence = app.store.events.onCommit(ring);
  leave.addEventListener('abort', ring);
  let last = after;
  try {
    while (!leave.aborted) {
      const now = await app.store.runs.get(run.id);
      const hosted = await app.hosted(run);
      last = await showNew({ app, project, show }, last);
      await look();
      if (now === undefined || ENDED.includes(now.status) || !hosted) return;
      await alarm.wait();
    }
  } finally {
    leave.removeEventListener('abort', ring);
    silence();
    alarm.stop();
  }
}
