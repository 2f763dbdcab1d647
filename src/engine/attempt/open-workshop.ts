import type { AttemptEnd } from '../../domain/attempt.ts';
import { isDiskFull, saysDiskFull } from '../../domain/disk-full.ts';
import { messageOf } from '../../domain/errors.ts';
import { subjectOf } from '../../domain/event.ts';
import type { RoleEnd } from '../../phases/phase.ts';
import type { Workshop } from '../deps.ts';
import { accessTo } from './access.ts';
import { begin, takeOver } from './begin.ts';
import { closeAttempt } from './close.ts';
import type { WorkshopDeps } from './deps.ts';
import { sweepGates } from './gate-folders.ts';
import { landMain } from './land-main.ts';
import { proveStep } from './prove-step.ts';
import { sessionStep } from './session-step.ts';
import { clearAway } from './workspace-box.ts';

/** The attempts' side of the engine, made of agents, boxes, git and checks. */
export function openWorkshop(deps: WorkshopDeps): Workshop {
  const said = new Map<string, string | null>();
  return {
    session: (attemptId, brief, signal) => sessionStep(deps, { attemptId, brief }, signal),
    prove: (attemptId, commit, signal) => proveStep(deps, { attemptId, commit }, signal),
    async land(project, runId) {
      await landMain(deps, { project, hub: await deps.hubOf(project), runId, said });
    },
    endOf: (attemptId) => endOf(deps, attemptId),
    abandon: (attemptId, reason) => abandon(deps, attemptId, reason),
    sweepGates: (projectId, ended) => sweepGates(deps, projectId, ended),
    clearEnded: (attemptId) => clearEnded(deps, attemptId),
    accessTo: (run, phase, attempt) => accessTo(deps, { run, phase, attempt }),
  };
}

async function endOf({ store }: WorkshopDeps, attemptId: string): Promise<RoleEnd> {
  const attempt = await store.attempts.get(attemptId);
  const end: AttemptEnd = attempt?.end ?? { status: 'aborted', reason: 'it did not end' };
  return {
    role: attempt?.role ?? '',
    status: end.status,
    reason: 'reason' in end ? end.reason : '',
    until: end.status === 'limited' ? end.until : null,
  };
}

/**
 * Keeps the work of an attempt that broke on our side, and ends it. Where the disk has no room to
 * keep it the clone stays as it is until there is.
 */
async function abandon(deps: WorkshopDeps, attemptId: string, reason: string): Promise<void> {
  const end: AttemptEnd = saysDiskFull(reason)
    ? { status: 'limited', until: null, reason }
    : { status: 'failed', code: 'infrastructure', reason };
  try {
    await putAway(deps, attemptId, end);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    deps.log(`attempt ${attemptId}: its clone is left for later: ${messageOf(error)}`);
    const begun = await takeOver(deps, attemptId);
    if (begun !== undefined) await closeAttempt(deps, begun, { end });
  }
}

async function putAway(deps: WorkshopDeps, attemptId: string, end: AttemptEnd): Promise<void> {
  const begun = await begin(deps, attemptId);
  if (begun === undefined) return;
  const workspace = await begun.hub.existing(attemptId);
  const events =
    workspace === undefined ? [] : await clearAway(deps, begun, { workspace, commit: null });
  await closeAttempt(deps, begun, { end, events });
}

async function clearEnded(deps: WorkshopDeps, attemptId: string): Promise<void> {
  const { store } = deps;
  const attempt = await store.attempts.get(attemptId);
  const project = attempt && (await store.projects.get(attempt.projectId));
  if (!attempt || !project || attempt.end === null) return;
  const hub = await deps.hubOf(project);
  const workspace = await hub.existing(attemptId);
  if (workspace === undefined) return;
  const commit = (await hub.workOf(attemptId)) ?? null;
  const subject = subjectOf(attempt);
  const events = await clearAway(deps, { hub, attempt, subject }, { workspace, commit });
  if (events.length > 0) await store.events.append(project.id, attempt.runId, events);
}
