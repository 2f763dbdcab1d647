import { readSnapshot, snapshotAtRest, type Snapshot } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, withReader, type Context } from './context.ts';
import { meantProject } from './find-project.ts';
import { real } from './places.ts';
import { statusLines } from './status-lines.ts';

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
      const { project, run } = await meantProject(reader, context);
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
