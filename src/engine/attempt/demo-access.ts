import type { DemoAccess } from '../../phases/phase.ts';
import type { PhaseName } from '../../domain/phase.ts';
import type { Run } from '../../domain/run.ts';
import { settingsFile } from '../../demo/project-files.ts';
import type { WorkshopDeps } from './deps.ts';

/** Demo mode's reads and writes in the tracker, for a phase of the run. */
export function demoAccess(
  deps: WorkshopDeps,
  { run, phase }: { readonly run: Run; readonly phase: PhaseName },
): DemoAccess {
  const { store } = deps;
  // What the run knows of its project is younger than the run that the phase began with.
  const now = async (): Promise<Run> => (await store.runs.get(run.id)) ?? run;
  return {
    board: async () => deps.boardOf(await now()),
    async adopt({ project, items }) {
      const { demo } = (await now()).settings;
      if (demo !== undefined) await store.runs.amend(run.id, { demo: { ...demo, project } });
      await store.items.adopt(run.id, items, phase);
    },
    async comment(key, { id, text }) {
      const tracker = await deps.trackerOf(await now());
      await tracker.comment(key, { id, author: 'harness', text });
    },
    settingsFile: () => settingsFile(run.settings, deps.sessionPolicy),
  };
}
