import { ENDED, type Run, type RunControl, type RunStatus } from '../domain/run.ts';
import { endUnhosted, requestControl, type App } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp } from './context.ts';
import { findLiveProject } from './find-project.ts';
import { refreshSnapshot } from './refresh-snapshot.ts';

/** Ends a run; `now` kills its sessions. */
export function stopAction(options: CommonOptions & { readonly now?: boolean }): Promise<void> {
  return request(options, options.now === true ? 'stop_now' : 'stop');
}

/** Lets the sessions under way finish. */
export function pauseAction(options: CommonOptions): Promise<void> {
  return request(options, 'pause');
}

/** Longest that a graceful stop takes, and some time for its records. */
const STOP_WAIT_MS = 15_000;

async function request(options: CommonOptions, control: RunControl): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const { project, run } = await findLiveProject(app, context);
    const { hosted, ended } = await endRun(app, run, control);
    await refreshSnapshot(app, project, run.id);
    context.output.object({
      run_id: run.id,
      request: control,
      hosted,
      status: ended ?? run.status,
    });
    context.output.data(outcome(control, hosted, ended));
  });
}

/** Asks whoever hosts the run to end it, or ends it here; `ended`: how, as far as that is known soon. */
export async function endRun(
  app: App,
  run: Run,
  control: RunControl,
): Promise<{ readonly hosted: boolean; readonly ended: RunStatus | undefined }> {
  await requestControl({ store: app.store }, run, control);
  const hosted = await app.hosted(run);
  const ended = hosted ? await waitForEnd(app, run.id, control) : await endHere(app, run, control);
  return { hosted, ended };
}

function outcome(control: RunControl, hosted: boolean, ended: RunStatus | undefined): string {
  if (!hosted)
    return 'Recorded. No process hosts this run, so nothing is running; `harness resume` goes on.';
  return ended === undefined
    ? `Asked to ${control.replace('_', ' ')}; see \`harness status\`.`
    : `The run is ${ended}; \`harness resume\` goes on.`;
}

async function endHere(app: App, run: Run, control: RunControl): Promise<RunStatus> {
  const { store } = app;
  const trackerOf = (one: Run): ReturnType<App['trackerOf']> => app.trackerOf(one);
  return endUnhosted({ store, client: await app.client(), trackerOf }, run, control);
}

/** How the run ended; undefined when it took longer than a stop may take, or may take any time. */
async function waitForEnd(
  app: App,
  runId: string,
  control: RunControl,
): Promise<RunStatus | undefined> {
  if (control === 'pause') return undefined;
  const deadline = performance.now() + STOP_WAIT_MS;
  while (performance.now() < deadline) {
    const run = await app.store.runs.get(runId);
    if (run && ENDED.includes(run.status)) return run.status;
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
  return undefined;
}
