import { HarnessError } from '../../domain/errors.ts';
import { subjectOf } from '../../domain/event.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

/**
 * Becomes the newest execution of the attempt, in the database and in git, before anything else is
 * done for it; undefined when it has ended. The fence is never taken from a recorded result: two
 * executions of one workflow would share it (I2).
 */
export async function begin(deps: WorkshopDeps, attemptId: string): Promise<Begun | undefined> {
  const begun = await takeOver(deps, attemptId);
  return begun !== undefined && (await begun.hub.setFence(begun.fence)) ? begun : undefined;
}

/** The same in the database alone, which is enough to end an attempt: nothing moves main without it. */
export async function takeOver(deps: WorkshopDeps, attemptId: string): Promise<Begun | undefined> {
  const { store } = deps;
  const fence = await store.attempts.takeFence(attemptId, deps.owner());
  if (fence === undefined) return undefined;
  const attempt = await store.attempts.get(attemptId);
  const run = attempt && (await store.runs.get(attempt.runId));
  const project = attempt && (await store.projects.get(attempt.projectId));
  if (!attempt || !run || !project)
    throw new HarnessError('ATTEMPT_UNKNOWN', `Attempt ${attemptId} has no run in this database`);
  const hub = await deps.hubOf(project);
  const item =
    attempt.itemKey === null
      ? null
      : ((await store.items.get(project.id, attempt.itemKey)) ?? null);
  return { attempt, run, project, item, fence, hub, subject: subjectOf(attempt) };
}
