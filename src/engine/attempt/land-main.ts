import type { Project } from '../../domain/run.ts';
import type { Hub } from '../../workspaces/hub.ts';
import type { Landing } from '../../workspaces/workspace.ts';
import type { WorkshopDeps } from './deps.ts';

/**
 * Brings main into the user's repository where that disturbs nothing; a delay is stored with its
 * reason and never holds the run. Said once, not after every merge.
 */
export async function landMain(
  deps: Pick<WorkshopDeps, 'store' | 'branchOf'>,
  {
    project,
    hub,
    runId,
  }: { readonly project: Project; readonly hub: Hub; readonly runId: string | null },
): Promise<Landing> {
  const branch = await deps.branchOf(project);
  const landing = await hub.land({ directory: project.directory, branch, expectedOld: null });
  if (landing.kind === 'landed')
    await deps.store.events.append(project.id, runId, [
      { type: 'main.landed', commit: landing.commit },
    ]);
  if (landing.kind === 'delayed')
    await deps.store.events.append(project.id, runId, [
      { type: 'land.delayed', reason: landing.reason },
    ]);
  return landing;
}
