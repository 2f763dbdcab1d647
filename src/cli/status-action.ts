import { readSnapshot, snapshotAtRest, type Snapshot } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, withReader, type Context } from './context.ts';
import { findProject, real } from './find-project.ts';
import { dollars, grouped, table } from './table.ts';

/** Flags of `status`, as commander gives them. */
export interface StatusOptions extends CommonOptions {
  readonly watch?: boolean;
}

const WATCH_MS = 1000;

/** Where a run stands; a look that starts no server when the run is at rest. */
export async function statusAction(options: StatusOptions): Promise<void> {
  const context = openContext(options);
  const resting = await atRest(context);
  if (resting !== undefined) return show(context, resting);
  // Watching takes long: the embedded server has to stay.
  const open = options.watch === true ? withApp : withReader;
  await open(context, async (reader) => {
    for (;;) {
      const { project, run } = await findProject(reader, context);
      const hosted = await reader.hosted(run);
      const now = new Date().toISOString();
      show(context, await readSnapshot(reader.store, project, { run, hosted, now }));
      if (options.watch !== true || run.endedAt !== null || !hosted) return;
      await new Promise((resolve) => {
        setTimeout(resolve, WATCH_MS);
      });
    }
  });
}

/** Only what was named or where we are: which one is the latest is known to the database alone. */
async function atRest({ config, options, cwd }: Context): Promise<Snapshot | undefined> {
  const named = options.projectDir === undefined ? cwd : config.projectDirectory;
  return snapshotAtRest(config, await real(named ?? cwd));
}

function show({ output }: Context, snapshot: Snapshot): void {
  output.object(snapshot);
  if (!output.json) for (const line of statusLines(snapshot)) output.data(line);
}

/** A snapshot for a person. */
export function statusLines(snapshot: Snapshot): string[] {
  const { project_name: name, status, current_phase: phase, work, usage } = snapshot;
  const place = phase === null || status === 'completed' ? '' : ` in ${phase}`;
  return [
    `${name}: ${status}${place}${snapshot.rehearsal ? '  (rehearsal)' : ''}`,
    '',
    ...table(
      Object.entries(snapshot.phases).map(([title, one]) => [
        `  ${title}`,
        one.status,
        one.attempts > 1 ? `${one.attempts} tries` : '',
      ]),
    ),
    '',
    ...table([
      ['  items', itemCounts(work)],
      ...snapshot.sessions.map((one, at) => [
        at === 0 ? '  agents' : '',
        `${one.item ?? one.role} since ${clock(one.started_at)}`,
      ]),
      ['  tokens', `${grouped(usage.input_tokens)} in, ${grouped(usage.output_tokens)} out`],
      ['  cost', costOf(snapshot)],
    ]),
    '',
    snapshot.why,
  ];
}

function itemCounts(work: Snapshot['work']): string {
  if (work.total === 0) return 'none yet';
  const parts = [
    `${work.done} of ${work.total} done`,
    ...(work.in_progress > 0 ? [`${work.in_progress} in progress`] : []),
    ...(work.todo > 0 ? [`${work.todo} to do`] : []),
    ...(work.blocked > 0 ? [`${work.blocked} blocked`] : []),
  ];
  return parts.join(', ');
}

function costOf({ rehearsal, usage }: Snapshot): string {
  if (rehearsal) return 'none: the model is a script';
  const cap = usage.budget_usd === null ? '' : ` of ${dollars(usage.budget_usd)}`;
  return `${dollars(usage.cost_usd)}${cap}`;
}

/** Time of day, UTC. */
function clock(at: string): string {
  return at.slice(11, 19);
}
