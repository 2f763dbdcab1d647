import type { Command } from 'commander';
import { readSnapshot, type Snapshot } from '../app.ts';
import { openContext, withApp, type CommonOptions } from './context.ts';
import { findProject } from './find-project.ts';

export interface StatusOptions extends CommonOptions {
  readonly watch?: boolean;
}

const WATCH_MS = 1000;

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('where a run stands')
    .option('--watch', 'again every second, until the run ends')
    .action(statusAction);
}

export async function statusAction(options: StatusOptions): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    for (;;) {
      const { project, run } = await findProject(app, context);
      const now = new Date().toISOString();
      const snapshot = await readSnapshot(app.store, project, { run, now });
      context.output.object(snapshot);
      for (const line of linesOf(snapshot)) context.output.data(line);
      if (options.watch !== true || run.endedAt !== null) return;
      await new Promise((resolve) => {
        setTimeout(resolve, WATCH_MS);
      });
    }
  });
}

function linesOf(snapshot: Snapshot): string[] {
  const { project_name: name, status, current_phase: phase, work, usage } = snapshot;
  const cost = usage.cost_usd === null ? 'unknown' : `$${usage.cost_usd.toFixed(4)}`;
  return [
    `${name}: ${status}${phase === null ? '' : `, in ${phase}`}`,
    ...Object.entries(snapshot.phases).map(
      ([title, one]) =>
        `  ${title.padEnd(15)} ${one.status}${one.attempts > 1 ? ` (${one.attempts} tries)` : ''}`,
    ),
    `  items: ${work.done} done, ${work.in_progress} in progress, ${work.todo} to do, ${work.blocked} blocked of ${work.total}`,
    `  tokens: ${usage.input_tokens} in, ${usage.output_tokens} out; cost ${cost}`,
    `  ${snapshot.why}`,
  ];
}
