import type { Run } from '../domain/run.ts';
import { messageOf } from '../domain/errors.ts';
import type { EngineDeps } from './deps.ts';

/**
 * Brings main into the user's repository. Beside the attempts, not in them: several merges are
 * landed in one go, and no agent waits for it. What goes wrong delays landing, never the run.
 */
export async function landRun({ store, workshop, log }: EngineDeps, run: Run): Promise<void> {
  try {
    const project = await store.projects.get(run.projectId);
    if (project !== undefined) await workshop.land(project, run.id);
  } catch (error) {
    log(`landing: ${messageOf(error)}`);
  }
}
