import type { DeployEnd } from '../../domain/deploy.ts';
import { hasCode } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Project, Run } from '../../domain/run.ts';
import type { Hub } from '../../workspaces/hub.ts';
import { LEASE_OVER } from '../lease.ts';
import type { WorkshopDeps } from './deps.ts';
import { inGateFolder } from './gate-folders.ts';

/** A decision to deploy what is on main now. */
export interface Decision {
  readonly project: Project;
  readonly hub: Hub;
  readonly run: Run;
  /** Attempt at the phase: each is one decision to deploy. */
  readonly attempt: number;
}

/**
 * Carries out one decision to deploy main as it is now. Its command runs at most once: what another
 * execution began and left without an end is `unknown`, unless the command is configured to be
 * repeatable. Throws the reason when this worker may no longer act; its end is then unknown too.
 */
export async function deployOnce(
  deps: WorkshopDeps,
  decision: Decision,
  signal: AbortSignal,
): Promise<DeployEnd> {
  const { run, hub, attempt } = decision;
  const commit = await hub.head();
  const execution = deps.newId();
  const again = run.settings.deploy?.repeatable === true;
  const start = await deps.steadily(() =>
    deps.store.deployments.begin(run, { attempt, commit, execution, again }),
  );
  if (start.kind === 'ended') return start.end;
  if (start.kind === 'cut_off') return cutOff(start.commit, start.startedAt);
  const end = await carryOut(deps, { ...decision, commit }, signal);
  if (hasCode(signal.reason, LEASE_OVER)) throw signal.reason;
  await deps.steadily(() =>
    deps.store.deployments.end(run, { attempt, execution, end }, [eventOf(run, commit, end)]),
  );
  return end;
}

function cutOff(commit: string, startedAt: string): DeployEnd {
  const detail = `a deployment of ${commit.slice(0, 12)} was begun at ${startedAt} and cut off, so nobody knows what came of it; look, then \`harness resume\` deploys again`;
  return { status: 'unknown', detail };
}

async function carryOut(
  deps: WorkshopDeps,
  { project, hub, run, commit }: Decision & { readonly commit: string },
  signal: AbortSignal,
): Promise<DeployEnd> {
  const gate = { projectId: project.id, name: `${run.id}-deploy` };
  return inGateFolder(deps, gate, async (directory) => {
    await hub.checkout(await hub.treeOf(commit), directory);
    return deps.deployment({ run, project, directory, commit, signal });
  });
}

function eventOf(run: Run, commit: string, end: DeployEnd): HarnessEvent {
  if (end.status === 'deployed')
    return { type: 'deploy.applied', commit, probe: run.settings.deploy?.probe ?? null };
  const type = end.status === 'rolled_back' ? 'deploy.rolled_back' : 'deploy.failed';
  return { type, reason: end.detail };
}
