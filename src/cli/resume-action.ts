import { onResume, refuseDamagedTracker, refuseFullDisk, resumeRun } from '../app.ts';
import { openContext, withApp } from './context.ts';
import { findProject } from './find-project.ts';
import { hosting, openModels, watch } from './hosting.ts';
import { lastEventId } from './stored-events.ts';
import { flagsOf, type RunOptions } from './run-options.ts';

/** Goes on with a run and hosts it until it ends or waits for a person. */
export async function resumeAction(options: RunOptions): Promise<void> {
  const context = openContext(options, flagsOf(options));
  await withApp(context, async (app) => {
    const { project, run } = await findProject(app, context);
    await refuseFullDisk(app, project.directory);
    const models = await openModels(context.config, run.settings.label === 'rehearsal');
    try {
      await hosting({ app, context, models }, async ({ unsealed }) => {
        const placed = await refuseDamagedTracker(app, run);
        const after = await lastEventId(app, project.id);
        const operating = { store: app.store, client: await app.client() };
        const resumed = await resumeRun(operating, run, {
          ...onResume(context.config, run.settings, saidIn(options)),
          ...changesOf(options),
          ...placed,
        });
        context.output.talk(`${project.name} in ${project.directory}, run ${run.id}`);
        await watch({ app, context, project, run: resumed, unsealed, after });
      });
    } finally {
      await models.rehearsal?.close();
    }
  });
}

/** Only what was said now changes what was settled when the run began. */
function changesOf(options: RunOptions): Parameters<typeof resumeRun>[2] {
  const { parallel, budget, interactive } = options;
  return {
    ...(parallel === undefined ? {} : { parallel }),
    ...(budget === undefined ? {} : { budgetUsd: budget }),
    ...(interactive === false ? { autonomy: 'full', interactive } : {}),
  };
}

function saidIn({ model, maxSessions }: RunOptions): Parameters<typeof onResume>[2] {
  return {
    ...(model === undefined ? {} : { model }),
    ...(maxSessions === undefined ? {} : { maxSessions }),
  };
}
