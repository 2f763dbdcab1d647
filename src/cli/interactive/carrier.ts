import { HarnessError } from '../../domain/errors.ts';
import { ENDED, type Project, type Run } from '../../domain/run.ts';
import { requestControl, type App } from '../../app.ts';
import type { Context } from '../context.ts';
import { followRun } from '../follow-run.ts';
import { hosting, openModels, type Models } from '../hosting.ts';
import type { ScreenStore } from './store.ts';
import { attach, viewing } from './viewing.ts';

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
