import type { Command } from 'commander';
import { HarnessError } from '../domain/errors.ts';
import { openContext, withApp, type CommonOptions } from './context.ts';
import { hosting, openModels } from './hosting.ts';
import { wholeNumber } from './run-command.ts';

interface WorkerOptions extends CommonOptions {
  readonly parallel?: number;
  readonly rehearse?: boolean;
}

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('take part in the runs of the Postgres in DATABASE_URL')
    .option('--parallel <n>', 'attempts at once in this process', wholeNumber)
    .option('--rehearse', 'take part in rehearsals')
    .action(workerAction);
}

async function workerAction(options: WorkerOptions): Promise<void> {
  const context = openContext(options);
  if (context.config.databaseUrl === null)
    throw new HarnessError(
      'DATABASE_URL_MISSING',
      'DATABASE_URL is not set: a worker joins a Postgres that others use too. Set it; or, for a project on this machine alone, use the `json` backend and `harness run`',
      { exit: 2 },
    );
  const models = await openModels(context.config, options.rehearse === true);
  try {
    await withApp(context, (app) =>
      hosting({ app, context, models }, async () => {
        context.output.talk('working; interrupt to leave');
        await interrupted();
      }),
    );
  } finally {
    await models.rehearsal?.close();
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      process.exitCode = 130;
      resolve();
    });
    process.once('SIGTERM', () => {
      process.exitCode = 143;
      resolve();
    });
  });
}
