import type { Command } from 'commander';
import { ENDED, type RunControl, type RunStatus } from '../domain/run.ts';
import { requestControl, resumeRun, type App } from '../app.ts';
import { openContext, withApp, type CommonOptions } from './context.ts';
import { findProject } from './find-project.ts';
import { hosting, openModels, watch } from './hosting.ts';
import { wholeNumber } from './run-command.ts';
import { flagsOf, type RunOptions } from './run-options.ts';

export function addControlCommands(program: Command): void {
  program
    .command('resume')
    .description('go on where a run stopped')
    .option('--no-interactive', 'ask nobody: every phase is approved')
    .option('--parallel <n>', 'work items at once', wholeNumber)
    .option('--model <name>', 'model of every further session')
    .option('--max-sessions <n>', 'sessions at most, the former ones included', wholeNumber)
    .option('--budget <usd>', 'US dollars at most, the former ones included', Number)
    .action(resumeAction);
  program
    .command('stop')
    .description('end a run gracefully; it can be resumed')
    .option('--now', 'kill its sessions at once; their work is kept')
    .action(stopAction);
  program
    .command('pause')
    .description('let the sessions under way finish, start no others')
    .action((options: CommonOptions) => request(options, 'pause'));
}

export async function resumeAction(options: RunOptions): Promise<void> {
  const context = openContext(options, flagsOf(options));
  await withApp(context, async (app) => {
    const { project, run } = await findProject(app, context);
    const models = await openModels(context.config, run.settings.label === 'rehearsal');
    try {
      await hosting({ app, context, models }, async ({ unsealed }) => {
        const after = (await app.store.events.read(project.id, { after: 0, limit: 100_000 })).at(
          -1,
        );
        const operating = { store: app.store, client: await app.client() };
        const resumed = await resumeRun(operating, run, changesOf(options));
        context.output.talk(`${project.name} in ${project.directory}, run ${run.id}`);
        await watch({ app, context, project, run: resumed, unsealed, after: after?.id ?? 0 });
      });
    } finally {
      await models.rehearsal?.close();
    }
  });
}

/** Only what was said now changes what was settled when the run began. */
function changesOf(options: RunOptions): Parameters<typeof resumeRun>[2] {
  const { model, maxSessions, parallel, budget, interactive } = options;
  return {
    ...(model === undefined ? {} : { model }),
    ...(maxSessions === undefined ? {} : { maxSessions }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(budget === undefined ? {} : { budgetUsd: budget }),
    ...(interactive === false ? { autonomy: 'full', interactive } : {}),
  };
}

export function stopAction(options: CommonOptions & { readonly now?: boolean }): Promise<void> {
  return request(options, options.now === true ? 'stop_now' : 'stop');
}

/** Longest that a graceful stop takes, and some time for its records. */
const STOP_WAIT_MS = 15_000;

async function request(options: CommonOptions, control: RunControl): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const { run } = await findProject(app, context);
    const { hosted } = await requestControl({ store: app.store }, run, control);
    if (!hosted) {
      context.output.data(
        'Recorded. No process hosts this run, so nothing is running; `harness resume` goes on.',
      );
      return;
    }
    const ended = control === 'pause' ? undefined : await waitForEnd(app, run.id);
    if (ended !== undefined) {
      context.output.data(`The run is ${ended}; \`harness resume\` goes on.`);
      return;
    }
    context.output.data(`Asked to ${control.replace('_', ' ')}; see \`harness status\`.`);
  });
}

/** How the run ended; undefined when it took longer than a stop may take. */
async function waitForEnd(app: App, runId: string): Promise<RunStatus | undefined> {
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
