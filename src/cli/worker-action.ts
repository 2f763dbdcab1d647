import { HarnessError } from '../domain/errors.ts';
import { refuseFullDisk } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp } from './context.ts';
import { hosting, openModels } from './hosting.ts';
import { interrupted } from './interrupts.ts';

/** Flags of `worker`, as commander gives them. */
export interface WorkerOptions extends CommonOptions {
  readonly parallel?: number;
  readonly labels?: readonly string[];
  readonly rehearse?: boolean;
}

/** Takes part until it is interrupted. Throws `DATABASE_URL_MISSING` (exit 2). */
export async function workerAction(options: WorkerOptions): Promise<void> {
  const { parallel, labels = [] } = options;
  const context = openContext(options);
  if (context.config.databaseUrl === null)
    throw new HarnessError(
      'DATABASE_URL_MISSING',
      'DATABASE_URL is not set: a worker joins a Postgres that others use too. Set it; or, for a project on this machine alone, use the `json` backend and `harness run`',
      { exit: 2 },
    );
  const models = await openModels(context.config, options.rehearse === true);
  try {
    await withApp(context, async (app) => {
      await refuseFullDisk(app, null);
      const order = { app, context, models, labels, ...(parallel && { capacity: parallel }) };
      await hosting(order, async () => {
        context.output.talk(`working${onlyFor(labels)}; interrupt to leave`);
        await interrupted({ cut: CUT });
      });
    });
  } finally {
    await models.rehearsal?.close();
  }
}

const CUT =
  'The worker left before all was closed; what it carried out goes on with another one, or with `harness resume`';

function onlyFor(labels: readonly string[]): string {
  return labels.length === 0 ? '' : ` on what is labelled ${labels.join(' or ')}`;
}
